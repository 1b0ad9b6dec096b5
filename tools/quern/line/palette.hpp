// SPDX-License-Identifier: Apache-2.0
// The colours of what is typed, and where in it they go. Pure.
#pragma once

#include "picture.hpp"
#include "syntax.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace quern {

// How a terminal is told to begin each; empty: as all else. Of the sixteen colours that a
// terminal's owner has chosen only those which are read on a dark ground and on a light one.
struct Palette {
  std::string prompt;
  std::string keyword;
  std::string text;
  std::string comment;
  std::string number;
  std::string command;             // :help and its like
  std::string bracket;             // that the cursor is at, and its counterpart
  std::string aside;               // what is said beneath
  std::string chosen = "\x1b[7m";  // no colour, and nothing else tells which it is

  static Palette coloured();
};

std::vector<Tint> paint_code(const Palette& palette, const Syntax& syntax, std::string_view code,
                             std::size_t cursor);
// The word with which a command for the prompt begins.
std::vector<Tint> paint_command(const Palette& palette, std::string_view line);

}  // namespace quern
