// SPDX-License-Identifier: Apache-2.0
// How a process ended: with a code, or by a signal, and what it had used.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace quern {

struct ExitStatus {
  std::optional<int> code;           // of exit()
  std::optional<int> signal;         // that ended it
  std::chrono::microseconds cpu{0};  // its own and that of children it waited for
  std::uint64_t max_rss =
      0;  // bytes, of its largest process; never less than the daemon's own at the fork

  bool success() const { return code == 0; }
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

// SEGV, KILL, RTMIN+3: a signal's name without its SIG.
std::string signal_name(int number);

}  // namespace quern
