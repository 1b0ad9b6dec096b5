// SPDX-License-Identifier: Apache-2.0
//
// An error of a snippet as the contract's `error` frame.
#pragma once

#include "versions.h"

// The message handler for lua_pcall: notes the error and where it was raised, of which only it can
// still know.
int failure_note(lua_State* L);

// Before snippet number `number`; then the name under which it is compiled.
void failure_expect(int number);
const char* failure_chunk(void);

// Sends the frame of what was noted; where Lua calls no handler, of the error on top of the stack.
void failure_send(lua_State* L, const char* kind, const char* name);
int failure_is_interrupt(void);
