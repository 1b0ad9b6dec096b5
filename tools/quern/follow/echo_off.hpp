// SPDX-License-Identifier: Apache-2.0
// A terminal that does not show what is typed, for as long as this lives: for passwords.
#pragma once

#include <termios.h>

namespace quern {

class EchoOff {
 public:
  explicit EchoOff(int fd) : fd_(fd), is_terminal_(::tcgetattr(fd, &before_) == 0) {
    if (!is_terminal_) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    now.c_lflag |= ECHONL;
    ::tcsetattr(fd_, TCSANOW, &now);
  }
  ~EchoOff() {
    if (is_terminal_) ::tcsetattr(fd_, TCSANOW, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  int fd_;
  termios before_{};
  bool is_terminal_;
};

}  // namespace quern
