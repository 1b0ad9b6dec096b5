// SPDX-License-Identifier: Apache-2.0
#include "exit_status.hpp"

#include <csignal>
#include <cstring>

namespace quern {

std::string signal_name(int number) {
  if (const char* known = ::sigabbrev_np(number)) return known;
  if (number >= SIGRTMIN && number <= SIGRTMAX) return "RTMIN+" + std::to_string(number - SIGRTMIN);
  return "unknown";
}

}  // namespace quern
