// SPDX-License-Identifier: Apache-2.0
#include "harmless.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace quern {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;  // 0: no UTF-8
};

Character character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 && lead < 0xF5   ? 4
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                                                         : 0;
  if (size == 0 || text.size() < size) return {};
  std::uint32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, size};
}

// The length of a sequence that does no more than colour what follows; 0: it is none.
std::size_t colouring(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;:", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

bool turns_direction(std::uint32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x200E || code == 0x200F;
}

std::string spelled(const char* form, std::uint32_t number) {
  char text[16];
  std::snprintf(text, sizeof text, form, number);
  return text;
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    if (const std::size_t colours = colouring(text)) {
      text.remove_prefix(colours);
      continue;
    }
    const Character one = character_at(text);
    const bool control = (one.code < 0x20 && one.code != '\n' && one.code != '\t') ||
                         (one.code >= 0x7F && one.code < 0xA0);
    if (one.size == 0)
      result += spelled("\\x%02x", static_cast<unsigned char>(text.front()));
    else if (text.starts_with("\r\n"))
      ;  // as the newline alone
    else if (control)
      result += spelled("\\x%02x", one.code);
    else if (turns_direction(one.code))
      result += spelled("\\u%04x", one.code);
    else
      result += text.substr(0, one.size);
    text.remove_prefix(std::max<std::size_t>(one.size, 1));
  }
  return result;
}

std::string harmless_line(std::string_view text) {
  std::string line = harmless(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

}  // namespace quern
