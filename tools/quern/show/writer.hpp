// SPDX-License-Identifier: Apache-2.0
// Writes bytes to stdout and stderr as they are, and stays awake while nobody takes them.
//
// No buffer of its own: what was written is out. While the other end is full it calls
// `while_blocked` every so often, where the connection is kept alive and signals are heeded.
#pragma once

#include <functional>
#include <string_view>

namespace quern {

class Writer {
 public:
  // Throws OutputClosed when stdout has gone. That stderr has gone is nobody's concern.
  void out(std::string_view bytes);
  void err(std::string_view bytes);
  // To stdout, what moves no text: colours, marks. Where the cursor stands is not changed by it.
  void tell_terminal(std::string_view controls);
  // `quern: …` on stderr.
  void say(std::string_view sentence);

  // Where the cursor of a terminal would stand: at the beginning of a line?
  bool at_line_start() const { return last_ == '\n'; }
  void note_newline() { last_ = '\n'; }  // somebody at the terminal has typed it
  void note_key() { last_ = '^'; }       // and this shows as ^C, say

  std::function<void()> while_blocked;

 private:
  bool write(int fd, std::string_view bytes);
  char last_ = '\n';
};

}  // namespace quern
