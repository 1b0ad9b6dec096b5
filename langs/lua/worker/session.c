// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "interrupt.h"
#include "library.h"
#include "snippet.h"

enum { kKeptSources = 1000 };  // snippets whose text inspection can show

static int number;
static pid_t own;
static char* kept_arguments;
static size_t kept_size;

lua_State* session_open(void) {
  own = getpid();
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  setvbuf(stdin, NULL, _IOLBF, BUFSIZ);  // reading shows what was written so far, as on a terminal
  lua_State* L = luaL_newstate();
  if (!L) return NULL;
  luaL_openlibs(L);
  lua_newtable(L);
  lua_pushliteral(L, "snippet");
  lua_rawseti(L, -2, 0);
  lua_setglobal(L, "arg");
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, "quern.sources");
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_setfield(L, LUA_REGISTRYINDEX, "quern.traceback");
  lua_getglobal(L, "tostring");
  lua_setfield(L, LUA_REGISTRYINDEX, "quern.tostring");
  lua_settop(L, 0);
  library_coroutines(L);
  library_exit(L);
  interrupt_setup(L);
  return L;
}

// -- what belongs to one run: arguments, TRACEPARENT, one stream for two

static void take_arguments(lua_State* L, struct text arguments) {
  free(kept_arguments);
  kept_arguments = malloc(arguments.size + 1);
  if (!kept_arguments) abort();
  memcpy(kept_arguments, arguments.data, arguments.size);
  kept_size = arguments.size;
  lua_newtable(L);
  lua_pushliteral(L, "snippet");
  lua_rawseti(L, -2, 0);
  const char* at = kept_arguments;
  for (int i = 1; at < kept_arguments + kept_size; at += strlen(at) + 1, ++i) {
    lua_pushstring(L, at);
    lua_rawseti(L, -2, i);
  }
  lua_setglobal(L, "arg");
}

static int push_arguments(lua_State* L) {
  int count = 0;
  for (const char* at = kept_arguments; at && at < kept_arguments + kept_size;
       at += strlen(at) + 1, ++count) {
    if (!lua_checkstack(L, 8)) break;
    lua_pushstring(L, at);
  }
  return count;
}

struct surroundings {
  char* trace_before;
  int traced, kept_stderr;
};

static void surround(const struct request* request, struct surroundings* around) {
  const char* before = getenv("TRACEPARENT");
  around->trace_before = before ? strdup(before) : NULL;
  around->traced = request->has_traceparent;
  if (around->traced) {
    char* value = strndup(request->traceparent.data, request->traceparent.size);
    setenv("TRACEPARENT", value, 1);
    free(value);
  }
  around->kept_stderr = -1;
  if (!request->merge) return;
  around->kept_stderr = dup(2);
  dup2(1, 2);
  setvbuf(stdout, NULL, _IONBF, 0);  // else half a line would come behind what stderr says after it
}

static int same(int left, int right) {
  struct stat one, other;
  return !fstat(left, &one) && !fstat(right, &other) && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

static void leave_surroundings(struct surroundings* around) {
  if (around->traced && around->trace_before)
    setenv("TRACEPARENT", around->trace_before, 1);
  else if (around->traced)
    unsetenv("TRACEPARENT");
  free(around->trace_before);
  if (around->kept_stderr < 0) return;
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  if (same(1, 2)) dup2(around->kept_stderr, 2);
  close(around->kept_stderr);
}

// -- values

// The values as one text, as print has them. May run a __tostring.
static int show(lua_State* L) {
  const int count = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "too many values to show");
  lua_getfield(L, LUA_REGISTRYINDEX, "quern.tostring");
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int i = 1; i <= count; ++i) {
    if (i > 1) luaL_addchar(&buffer, '\t');
    lua_pushvalue(L, count + 1);
    lua_pushvalue(L, i);
    lua_call(L, 1, 1);
    if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a string");
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int is_file(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return 0;
  luaL_getmetatable(L, LUA_FILEHANDLE);
  const int equal = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return equal;
}

// -- a run

// A statement that writes gives its file back, in Lua 5.1 `true`: that is no value to show.
static int is_writes(lua_State* L, int index) {
  return is_file(L, index) ||
         (LUA_VERSION_NUM < 502 && lua_isboolean(L, index) && lua_toboolean(L, index));
}

// Whether what is above the handler is to be shown.
static int shows(lua_State* L, enum reading reading, int silent) {
  const int count = lua_gettop(L) - 1;
  return count > 0 && !silent && !(reading == kEither && count == 1 && is_writes(L, -1));
}

static int call(lua_State* L, int given, enum reading reading, int silent, int* shown) {
  int status = lua_pcall(L, given, LUA_MULTRET, 1);
  *shown = status == LUA_OK && shows(L, reading, silent);
  if (!*shown) return status;
  lua_pushcfunction(L, show);
  lua_insert(L, 2);
  return lua_pcall(L, lua_gettop(L) - 2, 1, 1);
}

static void send_result(lua_State* L) {
  size_t size;
  const char* value = lua_tolstring(L, -1, &size);
  frame_begin("result");
  frame_part("text/plain", value, size);
  frame_send();
}

static void keep_source(lua_State* L, struct text code) {
  lua_getfield(L, LUA_REGISTRYINDEX, "quern.sources");
  lua_pushlstring(L, code.data, code.size);
  lua_setfield(L, -2, failure_chunk());
  lua_pushfstring(L, "=snippet %d", number - kKeptSources);
  lua_pushnil(L);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static const char* execute(lua_State* L, const struct request* request, int* exit_code) {
  lua_pushcfunction(L, failure_note);
  const enum reading reading = snippet_load(L, request->code, failure_chunk());
  if (reading == kUnreadable) {
    failure_send(L, "compile", "SyntaxError");
    return "error";
  }
  keep_source(L, request->code);
  const int given = push_arguments(L);
  int shown;
  interrupt_begin();
  const int status = call(L, given, reading, request->silent, &shown);
  const int leaves = interrupt_leaving(exit_code);
  interrupt_end();
  if (getpid() != own) {  // a process that the snippet has forked
    fflush(NULL);
    _exit(leaves ? *exit_code : status != LUA_OK);
  }
  if (leaves) return *exit_code ? "error" : "ok";
  *exit_code = -1;
  if (status == LUA_OK) {
    if (shown) send_result(L);
    return "ok";
  }
  const int interrupted = failure_is_interrupt();
  failure_send(L, "runtime", interrupted ? "Interrupted" : "Error");
  return interrupted ? "interrupted" : "error";
}

void session_run(lua_State* L, const struct request* request) {
  struct surroundings around;
  int exit_code = -1;
  failure_expect(++number);
  if (request->has_arguments) take_arguments(L, request->arguments);
  surround(request, &around);
  const char* status = execute(L, request, &exit_code);
  lua_settop(L, 0);
  fflush(stdout);
  leave_surroundings(&around);
  __fpurge(stdin);
  clearerr(stdin);
  frame_begin(exit_code < 0 ? "done status=%s" : "done status=%s exit=%d", status, exit_code);
  frame_send();
}
