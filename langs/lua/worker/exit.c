// SPDX-License-Identifier: Apache-2.0
//
// os.exit ends the snippet and keeps the context. With `true` as its second argument it closes the
// state, as the manual has it, and with it goes the context. No handler of xpcall's is to take an
// exit for an error.
#include <stdio.h>

#include "interrupt.h"
#include "library.h"

static int leave(lua_State* L) {
  if (lua_toboolean(L, 2)) {
    fflush(NULL);
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 0);
  }
  int code = 0;
  if (lua_isboolean(L, 1))
    code = !lua_toboolean(L, 1);
  else
    code = (int)luaL_optinteger(L, 1, 0);
  return interrupt_leave(L, code & 255);
}

#if LUA_VERSION_NUM < 504

static int guarded(lua_State* L) {
  int code;
  if (interrupt_leaving(&code)) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int guard(lua_State* L) {
  lua_settop(L, 1);
  if (lua_isfunction(L, 1)) lua_pushcclosure(L, guarded, 1);
  return 1;
}

// In Lua, for a call from C could not yield.
static const char kXpcall[] =
    "local xpcall, guard = ... return function(f, handler, ...) return xpcall(f, guard(handler), "
    "...) end";

static void guard_handlers(lua_State* L) {
  if (luaL_loadbuffer(L, kXpcall, sizeof kXpcall - 1, "=xpcall") != LUA_OK) lua_error(L);
  lua_getglobal(L, "xpcall");
  lua_pushcfunction(L, guard);
  lua_call(L, 2, 1);
  lua_setglobal(L, "xpcall");
}

#else

static void guard_handlers(lua_State* L) {
  (void)L;
}  // there the error of an exit calls none: see interrupt_leave

#endif

void library_exit(lua_State* L) {
  guard_handlers(L);
  lua_getglobal(L, "os");
  lua_getfield(L, -1, "exit");
  lua_pushcclosure(L, leave, 1);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
}
