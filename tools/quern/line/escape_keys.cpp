// SPDX-License-Identifier: Apache-2.0
#include "escape_keys.hpp"

#include "failure.hpp"

namespace quern {
namespace {

constexpr char control_bit = 0x40;
constexpr char no_control = 0x20;

}  // namespace

EscapeKeys::Typed EscapeKeys::take(std::string_view keys) {
  Typed typed;
  for (const char key : keys) {
    if (pressed_) {
      pressed_ = false;
      if (key == 'd') {
        typed.detach = true;
        return typed;
      }
      typed.bytes += *key_;
      if (key == *key_) continue;
    } else if (key == key_) {
      pressed_ = true;
      continue;
    }
    typed.bytes += key;
  }
  return typed;
}

std::optional<char> escape_key_of(const std::string& text) {
  if (text == "none") return std::nullopt;
  if (text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80) return text[0];
  if (text.size() == 2 && text[0] == '^' && text[1] >= '?' && text[1] <= '~')
    return static_cast<char>((text[1] & ~no_control) ^ control_bit);
  throw Failure("\"" + text + "\" is no key to escape with; say ^\\, ^], a letter, or none.");
}

}  // namespace quern
