// SPDX-License-Identifier: Apache-2.0
// What the daemon and its runs take, out of two looks at its status. Pure.
#pragma once

#include "json_text.hpp"
#include "reply.hpp"
#include "table.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace quern {

struct Glance {
  std::chrono::steady_clock::time_point at;
  StatusReply status;
};

struct RunLoad {
  RunInfo run;
  double cpu = 0;             // percent of one processor
  double bytes_a_second = 0;  // written
};

struct Load {
  StatusReply status;  // at the second look
  double cpu = 0;      // of the daemon itself
  double bytes_a_second = 0;
  std::vector<RunLoad> runs;  // those that have not finished, whoever takes most first
};

Load load_between(const Glance& before, const Glance& now);

Json load_as_json(const Load& load);
// For a window of so many rows and columns; 0 rows: as many as there are.
std::string load_as_text(const Load& load, const std::string& daemon, std::size_t rows,
                         std::size_t columns);

}  // namespace quern
