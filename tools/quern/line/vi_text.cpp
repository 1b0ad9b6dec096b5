// SPDX-License-Identifier: Apache-2.0
#include "vi_text.hpp"

#include "graphemes.hpp"

#include <algorithm>
#include <cctype>

namespace quern {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string times(const std::string& text, int count, const std::string& between) {
  std::string all = text;
  while (--count > 0) all += between + text;
  return all;
}

}  // namespace

std::size_t ViText::lines_below(int count) const {
  std::size_t place = at();
  while (count-- > 0 && end_of_line(all(), place) < all().size())
    place = end_of_line(all(), place) + 1;
  return place;
}

std::size_t ViText::lines_above(int count) const {
  std::size_t place = at();
  while (count-- > 0 && begin_of_line(all(), place) > 0) place = begin_of_line(all(), place) - 1;
  return place;
}

Stretch ViText::of_words(Stretch stretch, bool to_change) const {
  const std::string& text = all();
  if (to_change && stretch.begin < stretch.end && !is_blank(text[stretch.begin])) {
    while (stretch.end > stretch.begin + 1 &&
           (is_blank(text[stretch.end - 1]) || text[stretch.end - 1] == '\n'))
      --stretch.end;
    return stretch;
  }
  std::size_t end = stretch.end;
  while (end > stretch.begin && is_blank(text[end - 1])) --end;
  if (end > stretch.begin + 1 && text[end - 1] == '\n') stretch.end = end - 1;
  return stretch;
}

void ViText::erase_lines(Stretch lines) {
  if (lines.end < all().size())
    ++lines.end;
  else if (lines.begin > 0)
    --lines.begin;
  buffer.take(lines.begin, lines.end);
  buffer.move_to(std::min(first_in_line(all(), at()), line_end()));
}

void ViText::open_line(bool above) {
  const std::size_t line = begin_of_line(all(), at());
  const std::size_t first = std::min(first_in_line(all(), at()), line_end());
  const std::string indent = all().substr(line, first - line);
  buffer.move_to(above ? line : line_end());
  buffer.insert(above ? indent + "\n" : "\n" + indent);
  if (above) buffer.move_to(at() - 1);
}

bool ViText::replace_under(const std::string& character, int count) {
  std::size_t end = at();
  for (int i = 0; i < count; ++i) {
    if (end >= line_end()) return false;
    end = next_grapheme(all(), end);
  }
  buffer.replace(at(), end, times(character, count, ""));
  buffer.move_to(previous_grapheme(all(), at()));
  return true;
}

bool ViText::swap_case(int count) {
  if (at() >= line_end()) return false;
  while (count-- > 0 && at() < line_end()) {
    const std::size_t end = next_grapheme(all(), at());
    std::string character = all().substr(at(), end - at());
    for (char& c : character) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80)
        c = static_cast<char>(std::islower(byte) ? std::toupper(byte) : std::tolower(byte));
    }
    buffer.replace(at(), end, character);
  }
  return true;
}

bool ViText::join() {
  const std::size_t newline = line_end();
  if (newline == all().size()) return false;
  std::size_t end = newline + 1;
  while (end < all().size() && is_blank(all()[end])) ++end;
  const bool closes = end < all().size() && all()[end] == ')';
  const bool blank_before = newline > 0 && is_blank(all()[newline - 1]);
  buffer.replace(newline, end, closes || blank_before ? "" : " ");
  buffer.move_to(newline);
  return true;
}

bool ViText::put(bool before, int count) {
  if (killed.text.empty() && !killed.lines) return false;
  if (killed.lines) {
    const std::string lines = times(killed.text, count, "\n");
    const std::size_t place = before ? begin_of_line(all(), at()) : line_end();
    buffer.move_to(place);
    buffer.insert(before ? lines + "\n" : "\n" + lines);
    buffer.move_to(std::min(first_in_line(all(), before ? place : place + 1), all().size()));
    return true;
  }
  if (!before) buffer.move_to(std::min(next_grapheme(all(), at()), line_end()));
  buffer.insert(times(killed.text, count, ""));
  buffer.move_to(previous_grapheme(all(), at()));
  return true;
}

}  // namespace quern
