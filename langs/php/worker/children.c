// SPDX-License-Identifier: Apache-2.0
#include "children.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

enum { most = 1024 };

static pid_t before[most];
static int before_count;

static bool is_older(pid_t child) {
  for (int i = 0; i < before_count; ++i) {
    if (before[i] == child) {
      return true;
    }
  }
  return false;
}

static void note(pid_t child) {
  if (before_count < most) {
    before[before_count++] = child;
  }
}

static void end(pid_t child) {
  if (!is_older(child)) {
    kill(child, SIGKILL);
  }
}

// Numbers with spaces between them, as the kernel lists them; only with what a signal handler may
// use.
static void each(void (*act)(pid_t)) {
  int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  char text[4096];
  pid_t child = 0;
  ssize_t size;
  while (fd >= 0 && (size = read(fd, text, sizeof text)) > 0) {
    for (ssize_t i = 0; i < size; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        child = child * 10 + (text[i] - '0');
      } else if (child > 0) {
        act(child);
        child = 0;
      }
    }
  }
  if (fd >= 0) {
    close(fd);
  }
}

void children_note(void) {
  before_count = 0;
  each(note);
}

void children_end(void) { each(end); }
