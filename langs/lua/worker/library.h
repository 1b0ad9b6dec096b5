// SPDX-License-Identifier: Apache-2.0
//
// What a snippet sees in the place of functions of Lua's own library that would defeat an interrupt
// or end the worker.
#pragma once

#include "versions.h"

void library_coroutines(lua_State* L);  // coroutine.resume, coroutine.wrap
void library_exit(lua_State* L);        // os.exit

// The worker ends: nothing waits for children any more.
void library_wait_no_more(void);
