// SPDX-License-Identifier: Apache-2.0
//
// Where a thread was when a signal came, and whether a panic can begin there. Async-signal-safe,
// but for quern_own_code.
#pragma once

#include <stdint.h>

enum quern_place {
  quern_in_library,  // within malloc, a lock's holder …: not now
  quern_in_wait,     // in a system call that this signal has ended
  quern_in_snippet,  // in code that the user wrote
  quern_in_generic,  // in the standard library's code as compiled for a snippet
};

uintptr_t quern_stack_of(const void* signal_context);  // its stack pointer
enum quern_place quern_place_of(const void* signal_context);
int quern_can_unwind(const void* signal_context,
                     uintptr_t limit);  // up to the frame at that stack address
