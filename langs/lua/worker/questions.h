// SPDX-License-Identifier: Apache-2.0
//
// Answers complete, inspect and check. The first two are worked out by questions.lua.
#pragma once

#include "channel.h"
#include "versions.h"

// Before any snippet, which might replace what that file uses.
void questions_load(lua_State* L, const char* script);
void questions_answer(lua_State* L, const struct request* request);
