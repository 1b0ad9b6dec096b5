// SPDX-License-Identifier: Apache-2.0
#include "proc_files.hpp"

#include <charconv>
#include <cstddef>

namespace quern {
namespace {

// Takes the next word, up to a blank or a line's end. Empty at the end.
std::string_view next_word(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const std::size_t size = std::min(text.find_first_of(" \t\n"), text.size());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

// What stands behind the name in the line that begins with it; empty when there is none.
std::string_view line_of(std::string_view name, std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, size);
    if (next_word(line) == name) return line;
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return {};
}

template <typename Number>
bool to_number(std::string_view word, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, base);
  return error == std::errc{} && end == word.data() + word.size();
}

}  // namespace

std::optional<ProcessStat> parse_stat(std::string_view text) {
  // "PID (NAME) STATE …": a name may hold blanks and parentheses, what follows it holds none.
  const std::size_t open = text.find(" (");
  const std::size_t close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  ProcessStat stat;
  if (!to_number(text.substr(0, open), stat.pid)) return std::nullopt;
  text.remove_prefix(close + 2);

  const std::string_view state = next_word(text);
  if (state.size() != 1) return std::nullopt;
  stat.state = state.front();
  std::uint64_t user = 0, system = 0, waited_user = 0, waited_system = 0;
  constexpr int first = 4, last = 24;  // proc(5) counts from 1; ppid is 4, rss is 24
  for (int field = first; field <= last; ++field) {
    const std::string_view word = next_word(text);
    bool good = !word.empty();
    switch (field) {
      case 4: good = to_number(word, stat.parent); break;
      case 5: good = to_number(word, stat.group); break;
      case 6: good = to_number(word, stat.session); break;
      case 14: good = to_number(word, user); break;
      case 15: good = to_number(word, system); break;
      case 16: good = to_number(word, waited_user); break;
      case 17: good = to_number(word, waited_system); break;
      case 20: good = to_number(word, stat.threads); break;
      case 22: good = to_number(word, stat.started); break;
      case 24: good = to_number(word, stat.rss_pages); break;
      default: break;
    }
    if (!good) return std::nullopt;
  }
  stat.own_ticks = user + system;
  stat.waited_ticks = waited_user + waited_system;
  return stat;
}

std::vector<pid_t> parse_children(std::string_view text) {
  std::vector<pid_t> pids;
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    pid_t pid = 0;
    if (!to_number(word, pid) || pid <= 0) return {};
    pids.push_back(pid);
  }
  return pids;
}

bool environment_has(std::string_view environ, std::string_view entry) {
  while (!environ.empty()) {
    const std::size_t size = std::min(environ.find('\0'), environ.size());
    if (environ.substr(0, size) == entry) return true;
    environ.remove_prefix(std::min(size + 1, environ.size()));
  }
  return false;
}

bool status_catches(std::string_view status, int number) {
  constexpr int most = 64, hexadecimal = 16;
  std::string_view line = line_of("SigCgt:", status);
  std::uint64_t caught = 0;
  return to_number(next_word(line), caught, hexadecimal) && number > 0 && number <= most &&
         (caught >> (number - 1) & 1) != 0;
}

std::optional<std::uint64_t> parse_pss(std::string_view text) {
  std::string_view line = line_of("Pss:", text);
  std::uint64_t kibibytes = 0;
  if (!to_number(next_word(line), kibibytes) || next_word(line) != "kB") return std::nullopt;
  return kibibytes << 10;
}

}  // namespace quern
