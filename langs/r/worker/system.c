// SPDX-License-Identifier: Apache-2.0
//
// system, which R calls: the C library's ignores an interrupt while it waits, so that only the child
// hears it. This one waits on for the child, which was interrupted too, and then lets it happen.
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stop.h"

extern char** environ;

// SIGCHLD waits meanwhile, as in the C library: who takes it must not take the child.
static int spawn(const char* command, const sigset_t* mask, pid_t* pid) {
  char* const argv[] = {"sh", "-c", "--", (char*)command, NULL};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, mask);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int failed = posix_spawn(pid, "/bin/sh", NULL, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  return failed;
}

int system(const char* command) {
  if (command == NULL) return 1;
  sigset_t child;
  sigset_t before;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, &before);
  pid_t pid;
  int status = -1;
  const int failed = spawn(command, &before, &pid);
  while (failed == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  stop_check();
  if (failed != 0) errno = failed;
  return status;
}
