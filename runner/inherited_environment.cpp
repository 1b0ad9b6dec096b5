// SPDX-License-Identifier: Apache-2.0
#include "inherited_environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace quern {

namespace {

bool meant_for_us(std::string_view name) {
  // A service manager's: a program that spoke there would speak for the daemon.
  constexpr std::array<std::string_view, 6> managed{"NOTIFY_SOCKET", "WATCHDOG_USEC",
                                                    "WATCHDOG_PID",  "LISTEN_FDS",
                                                    "LISTEN_PID",    "LISTEN_FDNAMES"};
  return name.starts_with("QUERND_") || name.starts_with("QUERN_") ||
         std::find(managed.begin(), managed.end(), name) != managed.end();
}

}  // namespace

Environment inherited_environment(char** environment) {
  Environment inherited{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (char** entry = environment; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string_view name = text.substr(0, equals);
    if (!meant_for_us(name)) inherited[std::string(name)] = text.substr(equals + 1);
  }
  return inherited;
}

}  // namespace quern
