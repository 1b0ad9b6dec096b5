// SPDX-License-Identifier: Apache-2.0
// What quern bench measured: samples of one thing, and how they are told.
#pragma once

#include "json_text.hpp"
#include "table.hpp"

#include <string>
#include <vector>

namespace quern {

struct Measure {
  std::string what;
  std::string lang;  // may be empty
  std::string unit;  // "ms", or "MB/s", of which the more the better
  std::vector<double> samples;
  std::string failed;  // why there are none

  double least() const;
  double median() const;
};

Json measure_as_json(const Measure& measure);
Table table_of(const std::vector<Measure>& measures);

}  // namespace quern
