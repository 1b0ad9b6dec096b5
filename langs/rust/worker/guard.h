// SPDX-License-Identifier: Apache-2.0
//
// Runs a snippet's compiled code in this very process and comes back from it, however it ends.
//
// A snippet returns, panics (which Rust itself catches), calls `exit`, crashes or is interrupted.
// `exit` and crashes come back by a jump. An interrupt becomes a panic, so that destructors run,
// wherever one can begin: at a tick, in a system call that waits, in the user's own functions.
// Where none can, it jumps after some patience. One for each process; only the thread that made it
// can be brought back.
#pragma once

#include <stdint.h>
#include <sys/types.h>

enum quern_way { quern_returned, quern_exited, quern_crashed, quern_left };

struct quern_ending {
  int way;        // enum quern_way
  int code;       // exited: the status; crashed: the signal
  void* address;  // crashed: where, for a bad address
  int overflow;   // crashed: the stack has no room left
  int torn;       // what the snippet had in hand may be half changed
};

extern volatile int quern_pending;  // an interrupt waits for a tick

void quern_settle(void);           // this thread is the one to come back to
void quern_begin(void);            // a snippet begins: signals are ours, interrupts count
int quern_interrupted(void);       // one came since
void quern_watch(pid_t compiler);  // what an interrupt ends meanwhile; 0 for nothing
void quern_end(void);              // the snippet is over: interrupts do nothing
int quern_at_home(void);           // false in a process that the snippet forked
void quern_own_code(uintptr_t from, uintptr_t to, int functions);  // see place.c
// May be nested: a jump comes back to the innermost, which then does what it has to and jumps on.
struct quern_ending quern_guard(void (*body)(void*), void* data);
void quern_jump_on(void);

void quern_raise(
    void);  // in Rust: panics with an interrupt, or returns where a panic is on its way already
