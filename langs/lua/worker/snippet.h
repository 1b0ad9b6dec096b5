// SPDX-License-Identifier: Apache-2.0
//
// A snippet's text as a Lua function.
#pragma once

#include "channel.h"
#include "versions.h"

enum reading {
  kUnreadable,  // on the stack: the message
  kStatements,
  kExpression,  // its values are the snippet's
  kEither,      // a call, which is both
};

// Pushes the function, or the message. An expression is read as by Lua's own prompt; behind
// statements one may stand at the end, on a line of its own or after a semicolon.
enum reading snippet_load(lua_State* L, struct text code, const char* name);

// Whether more lines might make it readable.
int snippet_unfinished(lua_State* L, struct text code);
