// SPDX-License-Identifier: Apache-2.0
#include "run_terminal.hpp"

#include "failure.hpp"

#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace quern {
namespace {

sigset_t stop_only() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  return set;
}

}  // namespace

RunTerminal::RunTerminal() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) throw Failure("the terminal has gone.");
  const sigset_t set = stop_only();
  fd_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw Failure("the kernel gives no descriptor for signals.");
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  show_typing(false);
}

RunTerminal::~RunTerminal() {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  while (take_stop()) {  // one that came too late must not stop us now
  }
  const sigset_t set = stop_only();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool RunTerminal::take_stop() {
  signalfd_siginfo info{};
  return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info);
}

// A key that makes a signal must not take along what was typed before it (NOFLSH).
void RunTerminal::set(tcflag_t on, tcflag_t off) {
  termios now = before_;
  now.c_lflag |= NOFLSH | on;
  now.c_lflag &= ~off;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

void RunTerminal::show_typing(bool shown) { set(shown ? ECHO : 0, shown ? 0 : ECHO); }

void RunTerminal::read_keys(bool keys) {
  if (keys) forget_typed();
  set(0, keys ? ECHO | ICANON : ECHO);
}

void RunTerminal::forget_typed() { ::tcflush(STDIN_FILENO, TCIFLUSH); }

int RunTerminal::typed() {
  int count = 0;
  return ::ioctl(STDIN_FILENO, FIONREAD, &count) == 0 ? count : 0;
}

}  // namespace quern
