// SPDX-License-Identifier: Apache-2.0
// What a terminal answers when it is asked what it can show, told apart from what is typed
// meanwhile. Pure.
//
//   kitty's pictures   ESC _ G i=31;OK ESC \        to a picture that is only tried
//   name and version   ESC P > | NAME ESC \         by which iTerm2 and WezTerm are known
//   size of a cell     ESC [ 6 ; HEIGHT ; WIDTH t
//   attributes         ESC [ ? 6x ; … c             4 among them: sixels. Every terminal knows it,
//                                                   so it is asked last and ends the answers
#pragma once

#include "look.hpp"

#include <string>
#include <string_view>

namespace quern {

// The question; leaves nothing on the line, should a terminal show it.
std::string terminal_question();

class TerminalAnswers {
 public:
  void take(std::string_view bytes);
  bool done() const { return done_; }
  // What has come and is no answer, or not yet a whole one.
  std::string typed();
  void tell(Look& look) const;

 private:
  bool take_one();
  void note(std::string_view answer);

  std::string bytes_, typed_;
  bool kitty_ = false, iterm_ = false, sixel_ = false, done_ = false;
  int cell_width_ = 0, cell_height_ = 0;
};

}  // namespace quern
