// SPDX-License-Identifier: Apache-2.0
//
// coroutine.resume and coroutine.wrap, as the manual has them, that tell interrupts which coroutine
// runs.
#include "library.h"

#include "interrupt.h"

// How many values are now on L; -1 when it failed, the error then on top.
static int go_on(lua_State* L, lua_State* co, int given) {
  if (!lua_checkstack(co, given)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  const int status_before = lua_status(co);
  if (status_before == LUA_OK ? lua_gettop(co) == 0 : status_before != LUA_YIELD) {
    lua_pushliteral(L, "cannot resume dead coroutine");
    return -1;
  }
  lua_xmove(L, co, given);
  int got = 0;
  lua_State* before = interrupt_runs(co);
  const int status = quern_lua_resume(L, co, given, &got);
  interrupt_runs(before);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, got + 1)) {
    lua_pop(co, got);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, got);
  return got;
}

static int resume(lua_State* L) {
  lua_State* co = lua_tothread(L, 1);
  luaL_argcheck(L, co, 1, "coroutine expected");
  const int got = go_on(L, co, lua_gettop(L) - 1);
  if (got < 0 && interrupt_unwinds(L)) return lua_error(L);
  lua_pushboolean(L, got >= 0);
  lua_insert(L, got < 0 ? -2 : -(got + 1));
  return got < 0 ? 2 : got + 1;
}

static int wrapped(lua_State* L) {
  lua_State* co = lua_tothread(L, lua_upvalueindex(1));
  const int got = go_on(L, co, lua_gettop(L));
  if (got >= 0) return got;
#if LUA_VERSION_NUM >= 504
  if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD) {
    lua_State* before = interrupt_runs(co);
    lua_resetthread(co);  // closes its variables; leaves the error there
    interrupt_runs(before);
    lua_xmove(co, L, 1);
  }
#endif
  if (lua_type(L, -1) == LUA_TSTRING && !interrupt_unwinds(L)) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int wrap(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State* co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, wrapped, 1);
  return 1;
}

void library_coroutines(lua_State* L) {
  lua_getglobal(L, "coroutine");
  lua_pushcfunction(L, resume);
  lua_setfield(L, -2, "resume");
  lua_pushcfunction(L, wrap);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}
