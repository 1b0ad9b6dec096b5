// SPDX-License-Identifier: Apache-2.0
// A run that a prompt has started, or come to by name: what must be known to come back to it.
#pragma once

#include "adviser.hpp"
#include "event.hpp"
#include "request.hpp"

#include <optional>
#include <string>

namespace quern {

struct Job {
  std::size_t number = 0;  // of the input that it is; 0: it is somebody else's
  std::string name;
  RunMode mode = RunMode::query;
  Place place;
  std::string code;
  std::int64_t seen = -1;              // the last event that was shown
  std::optional<WaitingInput> prompt;  // an open question of the program's

  bool owns(const Place& where) const { return mode == RunMode::query && place == where; }
};

// An interrupt with the longest grace there is: what a context knows is lost only when somebody
// says so.
inline constexpr milliseconds no_deadline{600'000};

// As it is named in sentences, and where a name of a run is asked for.
inline std::string title_of(const Job& job) {
  return job.number > 0 ? std::to_string(job.number) : job.name;
}

}  // namespace quern
