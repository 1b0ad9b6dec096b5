// SPDX-License-Identifier: Apache-2.0
#include "native_text.hpp"

#include "limits.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace quern::native {
namespace {

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// How many bytes the well-formed character at `at` has; 0 when there is none. The bounds of the
// second byte exclude overlong forms, surrogates and what lies beyond U+10FFFF.
std::size_t character_size(std::string_view bytes, std::size_t at) {
  const unsigned char lead = byte_at(bytes, at);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes.size() - at < size) return 0;
  const unsigned char second = byte_at(bytes, at + 1);
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if ((byte_at(bytes, at + i) & 0xC0) != 0x80) return 0;
  return size;
}

bool is_ascii_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return (word & 0x8080808080808080u) == 0;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes.size() - at >= 8 && is_ascii_word(bytes.data() + at)) {
      at += 8;
      continue;
    }
    const std::size_t size = character_size(bytes, at);
    if (size == 0) return at;
    at += size;
  }
  return std::nullopt;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + 8);
  while (!bytes.empty()) {
    const auto bad = first_invalid_utf8(bytes);
    text.append(bytes.substr(0, bad.value_or(bytes.size())));
    if (!bad) break;
    text.append("\xEF\xBF\xBD");
    bytes.remove_prefix(*bad + 1);
    while (!bytes.empty() && (byte_at(bytes, 0) & 0xC0) == 0x80) bytes.remove_prefix(1);
  }
  return text;
}

std::string excerpt(std::string_view bytes) {
  constexpr std::size_t most = 40;
  const bool cut = bytes.size() > most;
  bytes = bytes.substr(0, most);
  if (cut) {  // not in the middle of a character
    const auto is = [&bytes](unsigned char mask, unsigned char what) {
      return !bytes.empty() && (byte_at(bytes, bytes.size() - 1) & mask) == what;
    };
    while (is(0xC0, 0x80)) bytes.remove_suffix(1);
    if (is(0xC0, 0xC0)) bytes.remove_suffix(1);
  }
  std::string text = replace_invalid_utf8(bytes);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return cut ? text + "…" : text;
}

std::string in_quotes(std::string_view bytes) { return '"' + excerpt(bytes) + '"'; }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace quern::native
