// SPDX-License-Identifier: Apache-2.0
#include "graphemes.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cctype>

namespace quern {
namespace {

struct CodePoint {
  utf8proc_int32_t value;
  std::size_t size;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  utf8proc_int32_t value = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const auto left = static_cast<utf8proc_ssize_t>(text.size() - at);
  const utf8proc_ssize_t size = utf8proc_iterate(bytes, left, &value);
  if (size <= 0) return {0xFFFD, 1};
  return {value, static_cast<std::size_t>(size)};
}

bool is_control(utf8proc_int32_t value) { return value < 0x20 || value == 0x7F; }

// What most texts are made of, and needs no table: a byte that is shown, in one column.
bool is_plain(char c) { return c >= 0x20 && c < 0x7F; }

}  // namespace

std::size_t next_grapheme(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (is_plain(text[at]) && (at + 1 == text.size() || is_plain(text[at + 1]))) return at + 1;
  CodePoint last = code_point_at(text, at);
  utf8proc_int32_t state = 0;
  for (at += last.size; at < text.size(); at += last.size) {
    const CodePoint next = code_point_at(text, at);
    if (utf8proc_grapheme_break_stateful(last.value, next.value, &state)) break;
    last = next;
  }
  return at;
}

std::size_t previous_grapheme(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const std::size_t newline = text.rfind('\n', at - 1);
  if (newline == at - 1) return newline;
  std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  for (std::size_t end = next_grapheme(text, begin); end < at; end = next_grapheme(text, end))
    begin = end;
  return begin;
}

int columns_of(std::string_view text) {
  if (text.size() == 1 && is_plain(text.front())) return 1;
  int columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = next_grapheme(text, at);
    int widest = 0;
    while (at < end) {
      const CodePoint point = code_point_at(text, at);
      widest = std::max(widest, is_control(point.value) ? 2 : utf8proc_charwidth(point.value));
      at += point.size;
    }
    columns += widest;
  }
  return columns;
}

bool is_word(std::string_view grapheme) {
  if (grapheme.empty()) return false;
  const auto first = static_cast<unsigned char>(grapheme.front());
  return first >= 0x80 || first == '_' || std::isalnum(first) != 0;
}

std::string shortened(std::string_view text, std::size_t columns) {
  const auto width_of = [](std::string_view part) {
    return static_cast<std::size_t>(columns_of(part));
  };
  if (width_of(text) <= columns) return std::string(text);
  std::size_t end = 0;
  std::size_t taken = 1;  // the ellipsis
  while (end < text.size()) {
    const std::size_t next = next_grapheme(text, end);
    taken += width_of(text.substr(end, next - end));
    if (taken > columns) break;
    end = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace quern
