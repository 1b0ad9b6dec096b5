// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace quern {
namespace {

// Three digits that mean something.
std::string digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
  return text;
}

double thousandths(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

double Measure::least() const { return *std::min_element(samples.begin(), samples.end()); }

double Measure::median() const {
  std::vector<double> sorted = samples;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

Json measure_as_json(const Measure& measure) {
  Json json = {{"what", measure.what}, {"lang", measure.lang}};
  if (measure.samples.empty()) {
    json["failed"] = measure.failed;
    return json;
  }
  json["unit"] = measure.unit;
  json["min"] = thousandths(measure.least());
  json["median"] = thousandths(measure.median());
  json["count"] = measure.samples.size();
  return json;
}

Table table_of(const std::vector<Measure>& measures) {
  Table table({"WHAT", "LANG", "MIN", "MEDIAN", "UNIT", "TIMES"});
  table.align_right({2, 3, 5});
  for (const Measure& measure : measures) {
    if (measure.samples.empty()) {
      table.add({measure.what, measure.lang, "", "", "", "0"});
      continue;
    }
    table.add({measure.what, measure.lang, digits(measure.least()), digits(measure.median()),
               measure.unit, std::to_string(measure.samples.size())});
  }
  return table;
}

}  // namespace quern
