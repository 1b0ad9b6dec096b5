// SPDX-License-Identifier: Apache-2.0
#include "libc.hpp"

#include "guard.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quern {
namespace {

// Those that somebody waits for, or waited for when the snippet was left. More than enough for one
// thread.
constexpr int most_commands = 64;
volatile pid_t commands[most_commands];

void note(pid_t was, pid_t is) {
  for (volatile pid_t& command : commands) {
    if (command == was) {
      command = is;
      return;
    }
  }
}

void wait_for_end(pid_t child, int milliseconds) {
  int process = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (process >= 0) {
    pollfd end{process, POLLIN, 0};
    poll(&end, 1, milliseconds);
    close(process);
  }
}

void exit_snippet(int status) { Guard::leave(status); }

// The library's own is deaf to an interrupt while it waits, and the snippet would go on behind it.
int run_command(const char* command) {
  if (!command) {
    return 1;
  }
  const char* const words[] = {"sh", "-c", command, nullptr};
  pid_t child = 0;
  if (posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char* const*>(words), environ) !=
      0) {
    return -1;
  }
  note(0, child);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      status = -1;
      break;
    }
  }
  note(child, 0);
  Guard::give_way();  // what ended the command was meant for the snippet too
  return status;
}

// Snippets find the variables of threads by controls of their own, of which the libraries know
// nothing: those of the library that its headers use are led to the real ones.
// NOLINTNEXTLINE(readability-identifier-naming): the compiler's
extern "C" void* __emutls_get_address(void* control);
char once_call_control, once_callable_control;

void* address_in_thread(void* control) {
  if (control == &once_call_control) {
    return &std::__once_call;
  }
  return control == &once_callable_control ? &std::__once_callable : __emutls_get_address(control);
}

template <class Function>
void* at(Function* function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

void reap_commands() {
  for (volatile pid_t& command : commands) {
    if (command != 0 && waitpid(command, nullptr, WNOHANG) != 0) {
      command = 0;
    }
  }
}

// A shell that is told between its start and its wait for a program of its own waits all the same:
// so who has not ended soon is told again.
void end_commands() {
  for (int milliseconds : {20, 50, 100}) {
    for (volatile pid_t& command : commands) {
      if (command != 0) {
        wait_for_end(command, milliseconds);
      }
    }
    reap_commands();
    bool all_ended = std::all_of(std::begin(commands), std::end(commands),
                                 [](pid_t command) { return command == 0; });
    if (all_ended || getpgrp() != getpid()) {
      return;
    }
    kill(0, SIGINT);
  }
}

std::vector<std::pair<const char*, void*>> libc_symbols() {
  return {{"exit", at(exit_snippet)},
          {"quick_exit", at(exit_snippet)},
          {"system", at(run_command)},
          {"__emutls_get_address", at(address_in_thread)},
          {"__emutls_v._ZSt11__once_call", &once_call_control},
          {"__emutls_v._ZSt15__once_callable", &once_callable_control}};
}

}  // namespace quern
