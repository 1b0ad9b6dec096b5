// SPDX-License-Identifier: Apache-2.0
// What the daemon has done since it began, in numbers that only grow; `status` tells them.
#pragma once

#include "error.hpp"
#include "event.hpp"
#include "request.hpp"

#include <cstdint>
#include <map>

namespace quern {

struct Counters {
  std::uint64_t connections = 0;
  std::uint64_t connections_left = 0;
  std::uint64_t requests = 0;
  std::map<ErrorCode, std::uint64_t> rejected;  // requests that were answered with an error
  std::map<RunMode, std::uint64_t> runs;        // accepted
  std::map<FinishedStatus, std::uint64_t> finished;
  std::uint64_t events = 0;
  std::uint64_t stdout_bytes = 0;
  std::uint64_t stderr_bytes = 0;
};

}  // namespace quern
