// SPDX-License-Identifier: Apache-2.0
#include "whole_terminal.hpp"

#include "failure.hpp"

#include <poll.h>
#include <unistd.h>

namespace quern {
namespace {

constexpr int patience_ms = 200;  // with a terminal that takes nothing, when we leave

}  // namespace

WholeTerminal::WholeTerminal() {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO))
    throw Failure("stdin and stdout must be a terminal for this; quern run needs none.");
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) throw Failure("the terminal has gone.");
  termios now = before_;
  ::cfmakeraw(&now);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

WholeTerminal::~WholeTerminal() {
  const std::string undone = modes_.undone();
  pollfd ready{STDOUT_FILENO, POLLOUT, 0};
  // A terminal that takes no bytes any more has nothing that could be put back.
  const bool takes = ::poll(&ready, 1, patience_ms) > 0;
  if (takes && ::write(STDOUT_FILENO, undone.data(), undone.size()) < 0) ready.revents = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void WholeTerminal::forget_typed() { ::tcflush(STDIN_FILENO, TCIFLUSH); }

}  // namespace quern
