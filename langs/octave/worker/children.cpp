// SPDX-License-Identifier: Apache-2.0
//
// system(), which Octave's calls: the C library's ignores an interrupt while it waits. This one
// waits a moment for the child to end of it too, then lets it be.
#include <cerrno>
#include <cstdio>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.hpp"
#include "output.hpp"

namespace {

constexpr int patience_ticks = 40;  // ticks of an interrupt's timer: 0.2 s

}  // namespace

extern "C" int system(const char* command) {
  if (!command) return 1;
  quern::output::flush();
  char* const argv[] = {const_cast<char*>("sh"), const_cast<char*>("-c"), const_cast<char*>("--"),
                        const_cast<char*>(command), nullptr};
  pid_t pid;
  if ((errno = posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv, environ)) != 0) return -1;
  int status, patience = patience_ticks;
  while (waitpid(pid, &status, 0) != pid) {
    if (errno != EINTR || (quern::interrupt::pending() && --patience == 0)) return -1;
  }
  return status;
}
