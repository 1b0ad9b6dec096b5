// SPDX-License-Identifier: Apache-2.0
//
// What differs between the C interfaces of Lua 5.1 to 5.4, so that the rest of the worker is the
// same for all.
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#if LUA_VERSION_NUM < 502
#define LUA_OK 0
#define lua_pushglobaltable(L) lua_pushvalue(L, LUA_GLOBALSINDEX)
#define quern_load(L, reader, data, name) lua_load(L, reader, data, name)
#else
#define quern_load(L, reader, data, name) lua_load(L, reader, data, name, "t")
#endif

// Resumes `co`, which holds `given` arguments; tells in `got` how many values it has left there.
static inline int quern_lua_resume(lua_State* L, lua_State* co, int given, int* got) {
#if LUA_VERSION_NUM >= 504
  return lua_resume(co, L, given, got);
#elif LUA_VERSION_NUM >= 502
  const int status = lua_resume(co, L, given);
#else
  const int status = lua_resume(co, given);
  (void)L;
#endif
#if LUA_VERSION_NUM < 504
  *got = lua_gettop(co);
  return status;
#endif
}
