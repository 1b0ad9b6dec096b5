// SPDX-License-Identifier: Apache-2.0
// The terminal while all of it belongs to a program elsewhere: every key goes there, every byte
// comes from there. However that ends, the terminal is then as a shell expects it.
#pragma once

#include "terminal_modes.hpp"

#include <termios.h>

#include <string_view>

namespace quern {

class WholeTerminal {
 public:
  WholeTerminal();  // throws Failure where stdin or stdout is none
  ~WholeTerminal();
  WholeTerminal(const WholeTerminal&) = delete;
  WholeTerminal& operator=(const WholeTerminal&) = delete;

  void saw(std::string_view output) { modes_.saw(output); }
  void forget_typed();  // what is on its way from the terminal

 private:
  termios before_{};
  TerminalModes modes_;
};

}  // namespace quern
