// SPDX-License-Identifier: Apache-2.0
#include "questions.h"

#include <string.h>

#include "snippet.h"

static int complete(lua_State* L, const struct request* request) {
  lua_pushinteger(L, (lua_Integer)request->cursor);
  lua_call(L, 2, 2);
  size_t size;
  const char* items = lua_tolstring(L, -1, &size);
  const size_t start = (size_t)lua_tointeger(L, -2);
  frame_begin("matches start=%zu end=%zu", start,
              request->cursor < request->code.size ? request->cursor : request->code.size);
  frame_part("items", items, size);
  frame_send();
  return 0;
}

static int inspect(lua_State* L, const struct request* request) {
  lua_pushinteger(L, (lua_Integer)request->cursor);
  lua_pushboolean(L, request->detail);
  lua_call(L, 3, 1);
  size_t size;
  const char* found = lua_tolstring(L, -1, &size);
  if (!found) return 0;
  frame_begin("found");
  frame_part("text/plain", found, size);
  frame_send();
  return 0;
}

static int check(lua_State* L, const struct request* request) {
  const enum reading reading = snippet_load(L, request->code, "=snippet");
  lua_pop(L, 1);
  const int unfinished = reading == kUnreadable && snippet_unfinished(L, request->code);
  frame_begin("checked state=%s", unfinished               ? "incomplete"
                                  : reading == kUnreadable ? "invalid"
                                                           : "complete");
  if (unfinished) {
    lua_call(L, 1, 1);
    size_t size;
    const char* indent = lua_tolstring(L, -1, &size);
    frame_part("indent", indent, size);
  }
  frame_send();
  return 0;
}

static const char* why_unable = "";

static int load(lua_State* L) {
  const char* script = lua_touserdata(L, 1);
  if (luaL_loadfile(L, script) != LUA_OK) return lua_error(L);
  lua_getfield(L, LUA_REGISTRYINDEX, "quern.sources");
  lua_pushstring(L, script);
  lua_call(L, 2, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, "quern.questions");
  return 0;
}

void questions_load(lua_State* L, const char* script) {
  lua_pushcfunction(L, load);
  lua_pushlightuserdata(L, (void*)script);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) why_unable = strdup(lua_tostring(L, -1));
  lua_settop(L, 0);
}

static int answer(lua_State* L) {
  const struct request* request = lua_touserdata(L, 1);
  const int checks = !strcmp(request->kind, "check");
  lua_getfield(L, LUA_REGISTRYINDEX, "quern.questions");
  if (lua_isnil(L, -1)) return luaL_error(L, "%s", why_unable);
  lua_getfield(L, -1, checks ? "indent" : request->kind);
  lua_pushlstring(L, request->code.data, request->code.size);
  return checks                               ? check(L, request)
         : !strcmp(request->kind, "complete") ? complete(L, request)
                                              : inspect(L, request);
}

void questions_answer(lua_State* L, const struct request* request) {
  lua_pushcfunction(L, answer);
  lua_pushlightuserdata(L, (void*)request);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return;
  const char* message = lua_tostring(L, -1);
  frame_begin("error kind=runtime");
  frame_part("name", "WorkerError", 11);
  frame_part("message", message ? message : "", message ? strlen(message) : 0);
  frame_send();
}
