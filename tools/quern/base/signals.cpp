// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

#include "failure.hpp"

#include <sys/signalfd.h>

#include <csignal>

namespace quern {

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  fd_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw Failure("the kernel gives no descriptor for signals.");
}

std::optional<int> Signals::next() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info))
    return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

std::optional<int> Signals::next_but_keys() {
  std::optional<int> last;
  while (const std::optional<int> number = next())
    if (*number != SIGINT && *number != SIGQUIT) last = number;
  return last;
}

void Signals::unblock_all() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

}  // namespace quern
