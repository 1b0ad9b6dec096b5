// SPDX-License-Identifier: Apache-2.0
// The terminal while a line is edited on it: keys as they come, nothing echoed, pastes marked.
//
// RawTerminal lives for one input; whichever way it ends, the terminal is as it was before.
// WindowChanges says when the window got another size; made once, it blocks SIGWINCH for good.
#pragma once

#include "owned_fd.hpp"
#include "screen.hpp"

#include <termios.h>

#include <cstddef>

namespace quern {

class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  static WindowSize size();
  // Of what stdout shows: as many columns as there are, without end where it is no terminal.
  static std::size_t columns_for_text();
  // May lines be edited? Only where both ends are a terminal that knows how to move its cursor.
  static bool is_able();

 private:
  termios before_{};
};

class WindowChanges {
 public:
  WindowChanges();
  int fd() const { return fd_.get(); }
  bool take();  // was there one?

 private:
  OwnedFd fd_;
};

}  // namespace quern
