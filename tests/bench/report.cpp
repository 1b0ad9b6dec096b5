// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <stdexcept>

namespace quern::bench {

namespace {

bool is_ratio(const Row& row) {
  return row.verdict == Verdict::ratio_at_most || row.verdict == Verdict::ratio_at_least;
}

bool is_bound_above(const Row& row) {
  return row.verdict == Verdict::ratio_at_most || row.verdict == Verdict::value_at_most;
}

// Three digits that mean something.
std::string digits(double value) {
  int places = 0;
  if (value != std::floor(value)) places = value < 10 ? 2 : (value < 100 ? 1 : 0);
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}

std::string seen(const Row& row, const Samples& samples) {
  if (samples.empty()) return "";
  std::string text = digits(row.best(samples));
  if (samples.count() > 1) text += " (" + digits(samples.median()) + ")";
  return text + (row.unit.empty() ? "" : " " + row.unit);
}

}  // namespace

double Row::figure() const {
  if (!is_ratio(*this)) return counted(own);
  // "So many times faster" or "so much of it": both read upwards.
  const bool inverse = verdict == Verdict::ratio_at_least && !more_is_better;
  return inverse ? counted(other) / counted(own) : counted(own) / counted(other);
}

bool Row::held() const { return is_bound_above(*this) ? figure() <= wanted : figure() >= wanted; }

void print_table(const std::vector<Row>& rows, std::FILE* to) {
  std::fprintf(
      to, "| what | Quern: best (median) | beside it: best (median) | comes to | wanted | |\n");
  std::fprintf(to, "| --- | --- | --- | --- | --- | --- |\n");
  for (const Row& row : rows) {
    const std::string times = is_ratio(row) ? "×" : (row.unit.empty() ? "" : " " + row.unit);
    const std::string beside = row.other.empty() ? "" : row.beside + ": " + seen(row, row.other);
    std::fprintf(to, "| %s | %s | %s | %s%s | %s %s%s | %s |\n", row.what.c_str(),
                 seen(row, row.own).c_str(), beside.c_str(), digits(row.figure()).c_str(),
                 times.c_str(), is_bound_above(row) ? "≤" : "≥", digits(row.wanted).c_str(),
                 times.c_str(), row.held() ? "held" : "MISSED");
  }
}

void write_json(const std::vector<Row>& rows, const std::string& path) {
  auto samples = [](const Row& row, const Samples& seen) {
    if (seen.empty()) return nlohmann::json();
    return nlohmann::json{
        {"best", row.best(seen)}, {"median", seen.median()}, {"count", seen.count()}};
  };
  nlohmann::json all = nlohmann::json::array();
  for (const Row& row : rows) {
    all.push_back({{"what", row.what},
                   {"unit", row.unit},
                   {"quern", samples(row, row.own)},
                   {"beside", row.beside},
                   {"other", samples(row, row.other)},
                   {"figure", row.figure()},
                   {"bound", is_bound_above(row) ? "at most" : "at least"},
                   {"wanted", row.wanted},
                   {"held", row.held()}});
  }
  std::ofstream file(path);
  file << all.dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace quern::bench
