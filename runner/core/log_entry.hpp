// SPDX-License-Identifier: Apache-2.0
// One line of the log: words, and the ids of what they are about. A text log has them behind the
// words as name=value, a JSON log as keys of their own.
//
// Never: takes code, input, output or what else is a user's own.
#pragma once

#include <spdlog/logger.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace quern {

// Stands between the words and each id on their way to the formatter.
inline constexpr char log_separator = '\x1f';

using LogIds = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline void log_entry(spdlog::logger& log, spdlog::level::level_enum level, std::string_view words,
                      LogIds ids) {
  if (!log.should_log(level)) return;
  std::string line(words);
  for (const auto& [name, value] : ids) {
    if (value.empty()) continue;
    line.append(1, log_separator).append(name).append("=");
    for (const char letter : value) line += letter == log_separator ? '?' : letter;
  }
  log.log(level, spdlog::string_view_t(line));
}

}  // namespace quern
