// SPDX-License-Identifier: Apache-2.0
//
// system, popen and pclose, which Lua's library calls: the C library's ignore an interrupt, or wait
// on in spite of it. These wait a moment for the child to end of it too, then let it be.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"
#include "library.h"

enum { kPatience = 40 };  // ticks of an interrupt's timer: 0.2 s

extern char** environ;

static struct pipe {
  FILE* file;
  pid_t pid;
  struct pipe* next;
}* pipes;

static int waits = 1;

void library_wait_no_more(void) { waits = 0; }

static int spawn(const char* command, int own, int childs, pid_t* pid) {
  char* const argv[] = {"sh", "-c", "--", (char*)command, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (childs >= 0) posix_spawn_file_actions_adddup2(&actions, own, childs);
  const int failed = posix_spawn(pid, "/bin/sh", &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

static int wait_for(pid_t pid) {
  int status, patience = kPatience;
  while (waitpid(pid, &status, waits ? 0 : WNOHANG) != pid) {
    if (errno != EINTR || !waits || (interrupt_pending() && --patience == 0)) return -1;
  }
  return status;
}

int system(const char* command) {
  if (!command) return 1;
  fflush(stdout);
  pid_t pid;
  if ((errno = spawn(command, -1, -1, &pid))) return -1;
  return wait_for(pid);
}

FILE* popen(const char* command, const char* mode) {
  const int reads = *mode == 'r';
  int ends[2];
  if ((!reads && *mode != 'w') || (mode[1] && mode[1] != 'e')) {
    errno = EINVAL;
    return NULL;
  }
  struct pipe* made = malloc(sizeof *made);
  if (!made || pipe2(ends, O_CLOEXEC) != 0) return free(made), NULL;
  const int failed = spawn(command, ends[reads], reads, &made->pid);
  close(ends[reads]);
  made->file = failed ? NULL : fdopen(ends[!reads], reads ? "r" : "w");
  if (!made->file) {
    if (failed) errno = failed;
    return close(ends[!reads]), free(made), NULL;
  }
  made->next = pipes;
  pipes = made;
  return made->file;
}

int pclose(FILE* file) {
  for (struct pipe** at = &pipes; *at; at = &(*at)->next) {
    if ((*at)->file != file) continue;
    struct pipe* found = *at;
    const pid_t pid = found->pid;
    *at = found->next;
    free(found);
    fclose(file);
    return wait_for(pid);
  }
  errno = ECHILD;
  return -1;
}
