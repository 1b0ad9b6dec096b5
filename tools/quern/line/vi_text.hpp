// SPDX-License-Identifier: Apache-2.0
// What vi's commands do to a text: a buffer and what was last cut, lent for one command. Pure.
#pragma once

#include "killed.hpp"
#include "motions.hpp"
#include "text_buffer.hpp"

#include <string>

namespace quern {

struct ViText {
  TextBuffer& buffer;
  Killed& killed;

  const std::string& all() const { return buffer.text(); }
  std::size_t at() const { return buffer.cursor(); }
  std::size_t line_end() const { return end_of_line(all(), at()); }
  // A place in the line so many below or above, or in the last or first.
  std::size_t lines_below(int count) const;
  std::size_t lines_above(int count) const;

  // What w takes: not the indentation of the next line, and for a change no blanks behind a word.
  Stretch of_words(Stretch stretch, bool to_change) const;
  void erase_lines(Stretch lines);
  void open_line(bool above);
  // These tell whether there was anything to do.
  bool replace_under(const std::string& character, int count);
  bool swap_case(int count);
  bool join();
  bool put(bool before, int count);
};

}  // namespace quern
