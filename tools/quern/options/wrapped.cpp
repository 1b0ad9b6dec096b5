// SPDX-License-Identifier: Apache-2.0
#include "wrapped.hpp"

#include <algorithm>

namespace quern {
namespace {

// Help is ASCII but for a few dots and arrows; what continues a character takes no column.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void wrap_line(std::string& out, std::string_view line, std::size_t columns) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  std::string row(line.substr(0, indent));
  bool empty = true;
  for (std::string_view rest = line.substr(indent); !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!empty && width_of(row) + 1 + width_of(word) > columns) {
      out.append(row).append("\n");
      row.assign(indent, ' ');
      empty = true;
    }
    if (!empty) row += ' ';
    row += word;
    empty = false;
  }
  out += row;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t columns) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    wrap_line(out, text.substr(0, end), columns);
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace quern
