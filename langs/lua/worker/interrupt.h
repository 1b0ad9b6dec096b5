// SPDX-License-Identifier: Apache-2.0
//
// SIGINT while a snippet runs becomes a Lua error, "interrupted!", in whatever coroutine runs; at
// other times it is nothing.
//
// A handler sets a hook, which raises the error at the next instruction. As Lua calls no hook
// within its own C functions, and a signal may come just before a system call begins to wait, a
// timer then ticks until the error is raised: it ends blocked calls, and long pattern matches and
// sorts where the processor is found within the libraries' own code. An exit uses the same hook,
// which then stays until the snippet is left.
#pragma once

#include "versions.h"

void interrupt_setup(lua_State* L);

// Around a snippet.
void interrupt_begin(void);
void interrupt_end(void);

// Tells that `running` runs from now on; gives what ran before.
lua_State* interrupt_runs(lua_State* running);

int interrupt_pending(void);  // one has come that is not raised yet
int interrupt_raised(void);   // one was raised in this snippet

// Whether the error on top of the stack is an interrupt or an exit, which coroutines are to hand
// on.
int interrupt_unwinds(lua_State* L);

// Ends the snippet, past every pcall.
int interrupt_leave(lua_State* L, int code);
int interrupt_leaving(int* code);
