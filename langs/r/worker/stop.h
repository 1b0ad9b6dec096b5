// SPDX-License-Identifier: Apache-2.0
//
// What ends a snippet from outside or by its own will: interrupts, quit(), and the end of the
// worker.
#pragma once

#include <stdbool.h>

// Takes signals and R's way out over, before R starts and after.
void stop_before_start(void);
void stop_install(void);

// A run begins: interrupts count from here on. stop_end forgets them.
void stop_begin(void);
void stop_end(void);

// Lets an interrupt happen if one waits and may, which does not return then.
void stop_check(void);

// Waits until the descriptor can be read, and returns true, or until an interrupt comes.
bool stop_wait_readable(int fd);

// While allowed, a quit() ends the snippet by a jump to the top and an interrupt is delivered.
void stop_allow(bool allowed);

// Whether the snippet has quit, and with which status.
bool stop_has_quit(int* status);

// Ends the worker as R ends, a second at most; in a forked child at once.
_Noreturn void stop_worker(int status);
