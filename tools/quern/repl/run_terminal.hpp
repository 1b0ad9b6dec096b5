// SPDX-License-Identifier: Apache-2.0
// The terminal while a run is followed at a prompt: what is typed ahead is not shown and waits in
// the kernel for the prompt, or for the program's question, where it is shown.
//
// Ctrl-Z is something to poll for. Whichever way it ends, the terminal is as it was before.
#pragma once

#include "owned_fd.hpp"

#include <termios.h>

namespace quern {

class RunTerminal {
 public:
  RunTerminal();
  ~RunTerminal();
  RunTerminal(const RunTerminal&) = delete;
  RunTerminal& operator=(const RunTerminal&) = delete;

  int fd() const { return fd_.get(); }  // readable when Ctrl-Z has been pressed
  bool take_stop();                     // was it?

  void show_typing(bool shown);
  // Single keys as they come, for a question of our own; what was typed ahead is forgotten.
  void read_keys(bool keys);
  static void forget_typed();
  // Bytes that are typed and not read. None, although stdin is readable: Ctrl-D on an empty line.
  static int typed();

 private:
  void set(tcflag_t on, tcflag_t off);

  termios before_{};
  OwnedFd fd_;
};

}  // namespace quern
