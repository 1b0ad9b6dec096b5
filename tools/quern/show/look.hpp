// SPDX-License-Identifier: Apache-2.0
// What a terminal can show, and what its user wants of it. A value.
#pragma once

#include <cstddef>

namespace quern {

struct Look {
  enum class Colours { none, sixteen, indexed, direct };
  // How pictures reach the eye: by a protocol that the terminal speaks, as coloured blocks, or not
  // at all, so that they are saved to a file.
  enum class Pictures { saved, blocks, sixel, iterm, kitty };

  bool terminal = false;  // somebody looks: numbers, marks, lines that change
  bool marks = false;     // the terminal is told where prompts and outputs begin (OSC 133)
  Colours colours = Colours::none;
  Pictures pictures = Pictures::saved;
  int cell_width = 0, cell_height = 0;  // in pixels, as the terminal has told; 0: it has not

  bool coloured() const { return colours != Colours::none; }
};

// By TERM, COLORTERM and NO_COLOR. `plain`: as if nobody looked.
Look look_of_environment(bool plain);
// Can and may a terminal be asked for more? Not within tmux and screen, which answer for
// themselves and pass no pictures on, and not where questions would show as text.
bool may_ask_terminal(const Look& look);

struct Window {
  std::size_t columns = 80, rows = 24;
  int cell_width = 8, cell_height = 16;  // in pixels
};
Window window_of(int fd);
// Of stdout, with what the terminal itself has told of its cells.
Window window_now(const Look& look);

}  // namespace quern
