// SPDX-License-Identifier: Apache-2.0
#include "inherited_environment.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

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

constexpr const char* usual_path = "/usr/local/bin:/usr/bin:/bin";

// Is any of a PATH's folders there?
bool leads_somewhere(std::string_view path) {
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    std::error_code unknown;  // what cannot be looked at leads nowhere
    if (folder.starts_with('/') && std::filesystem::is_directory(folder, unknown)) return true;
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
  }
  return false;
}

}  // namespace

Environment inherited_environment(char** environment) {
  Environment inherited{{"PATH", usual_path}};
  for (char** entry = environment; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string_view name = text.substr(0, equals);
    if (!meant_for_us(name)) inherited[std::string(name)] = text.substr(equals + 1);
  }
  // By such a one nothing would be found at all, interpreters included.
  if (!leads_somewhere(inherited["PATH"])) inherited["PATH"] = usual_path;
  return inherited;
}

}  // namespace quern
