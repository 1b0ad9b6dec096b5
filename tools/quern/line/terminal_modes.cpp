// SPDX-License-Identifier: Apache-2.0
#include "terminal_modes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace quern {
namespace {

constexpr char escape = '\x1b';
// Longer than any sequence that switches something.
constexpr std::size_t most_numbers = 64;
// On in a fresh terminal: lines wrap, the cursor is seen.
constexpr std::array on_at_first{7, 25};
// These go back to the screen from before, and so come last.
constexpr std::array screens{47, 1047, 1049};

bool is_on_at_first(int mode) {
  return std::find(on_at_first.begin(), on_at_first.end(), mode) != on_at_first.end();
}
bool is_screen(int mode) {
  return std::find(screens.begin(), screens.end(), mode) != screens.end();
}

std::string switching(int mode) {
  return "\x1b[?" + std::to_string(mode) + (is_on_at_first(mode) ? "h" : "l");
}

}  // namespace

void TerminalModes::saw(std::string_view output) {
  while (!output.empty()) {
    if (at_ == At::text) {
      const std::size_t next = output.find(escape);
      if (next == std::string_view::npos) return;
      output.remove_prefix(next);
    }
    saw(output.front());
    output.remove_prefix(1);
  }
}

void TerminalModes::saw(char byte) {
  if (byte == escape) {
    at_ = At::escape;
    return;
  }
  switch (at_) {
    case At::text: return;
    case At::escape:
      if (byte == '=' || byte == '>') keypad_ = byte == '=';
      if (byte == 'c') *this = TerminalModes{};  // reset as a whole
      at_ = byte == '[' ? At::bracket : At::text;
      return;
    case At::bracket:
      numbers_.clear();
      at_ = byte == '?' ? At::numbers : At::other;
      if (at_ == At::other && byte >= '@') at_ = At::text;
      return;
    case At::numbers:
      if ((byte >= '0' && byte <= '9') || byte == ';') {
        if (numbers_.size() < most_numbers) numbers_ += byte;
        return;
      }
      if (byte == 'h' || byte == 'l') switched(byte == 'h');
      at_ = byte >= '@' ? At::text : At::other;
      return;
    case At::other:
      if (byte >= '@') at_ = At::text;
      return;
  }
}

void TerminalModes::switched(bool on) {
  const char* at = numbers_.data();
  const char* const end = at + numbers_.size();
  while (at < end) {
    int mode = 0;
    const auto [behind, error] = std::from_chars(at, end, mode);
    if (error == std::errc{}) {
      if (on == is_on_at_first(mode))
        changed_.erase(mode);
      else
        changed_.insert(mode);
    }
    at = std::max(behind, at) + 1;
  }
}

std::string TerminalModes::undone() const {
  std::string bytes = "\x1b[m";
  if (keypad_) bytes += "\x1b>";
  for (const int mode : changed_)
    if (!is_screen(mode)) bytes += switching(mode);
  for (const int mode : changed_)
    if (is_screen(mode)) bytes += switching(mode);
  return bytes;
}

}  // namespace quern
