// SPDX-License-Identifier: Apache-2.0
#include "raw_terminal.hpp"

#include "failure.hpp"

#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace quern {
namespace {

// A terminal that takes no bytes any more has nothing that could be put back.
void tell(std::string_view bytes) {
  if (::write(STDOUT_FILENO, bytes.data(), bytes.size()) < 0) return;
}

}  // namespace

RawTerminal::RawTerminal() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) throw Failure("the terminal has gone.");
  termios now = before_;
  now.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
  tell("\x1b[?2004h");
}

RawTerminal::~RawTerminal() {
  tell("\x1b[?2004l");
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

WindowSize RawTerminal::size() {
  winsize window{};
  WindowSize size;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0) return size;
  if (window.ws_row > 0) size.rows = window.ws_row;
  if (window.ws_col > 0) size.columns = window.ws_col;
  return size;
}

std::size_t RawTerminal::columns_for_text() {
  if (!::isatty(STDOUT_FILENO)) return static_cast<std::size_t>(-1);
  return static_cast<std::size_t>(size().columns);
}

bool RawTerminal::is_able() {
  const char* term = std::getenv("TERM");
  if (!term || !*term || std::string_view(term) == "dumb") return false;
  return ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
}

WindowChanges::WindowChanges() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  fd_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw Failure("the kernel gives no descriptor for signals.");
}

bool WindowChanges::take() {
  signalfd_siginfo info{};
  bool any = false;
  while (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) any = true;
  return any;
}

}  // namespace quern
