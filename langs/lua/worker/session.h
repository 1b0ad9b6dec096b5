// SPDX-License-Identifier: Apache-2.0
//
// The context: one Lua state, in which snippets run one after the other.
#pragma once

#include "channel.h"
#include "versions.h"

lua_State* session_open(void);
void session_run(lua_State* L, const struct request* request);
