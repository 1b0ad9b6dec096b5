// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "interrupt.h"

static char chunk[32];  // "=snippet 3": Lua shows it as `snippet 3`
static char place[LUA_IDSIZE];
static int line;
static char *message, *trace;
static size_t message_size, trace_size;

static char* copied(const char* data, size_t size) {
  char* copy = malloc(size + 1);
  if (copy) memcpy(copy, data, size), copy[size] = '\0';
  return copy;
}

static void forget(void) {
  free(message);
  free(trace);
  message = trace = NULL;
  line = 0;
  *place = '\0';
}

void failure_expect(int number) {
  snprintf(chunk, sizeof chunk, "=snippet %d", number);
  forget();
}

const char* failure_chunk(void) { return chunk; }

// Where the message itself says `snippet 3:7: `, that is the place, and no part of the message.
// Coroutines put theirs before it.
static size_t prefix(const char* text) {
  size_t all = 0;
  for (int number, at, size;
       size = 0, sscanf(text + all, "snippet %d:%d:%n", &number, &at, &size) == 2 && size;
       all += (size_t)size + 1) {
    if (text[all + (size_t)size] != ' ') break;
    char own[sizeof chunk];
    snprintf(own, sizeof own, "=snippet %d", number);
    if (strcmp(own, chunk) != 0) continue;
    line = at;
    snprintf(place, sizeof place, "%s", chunk + 1);
  }
  return all;
}

static void take_message(const char* text, size_t size) {
  const size_t skip = prefix(text);
  message = copied(text + skip, size - skip);
  message_size = size - skip;
}

// The innermost line of this snippet, else the innermost line of all.
static void find_place(lua_State* L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); ++level) {
    lua_getinfo(L, "Sl", &frame);
    const int own = !strcmp(frame.source, chunk);
    if (frame.currentline <= 0 || (*place && !own)) continue;
    snprintf(place, sizeof place, "%s", frame.short_src);
    if (!own) continue;
    line = frame.currentline;
    return;
  }
}

static void push_text(lua_State* L) {
  if (lua_isstring(L, 1)) {
    lua_pushvalue(L, 1);
  } else if (luaL_callmeta(L, 1, "__tostring") && lua_isstring(L, -1)) {
    return;
  } else if (lua_isnil(L, 1)) {
    lua_pushliteral(L, "nil");
  } else {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
}

static void push_traceback(lua_State* L, const char* text) {
#if LUA_VERSION_NUM >= 502
  luaL_traceback(L, L, text, 1);
#else
  lua_getfield(L, LUA_REGISTRYINDEX, "quern.traceback");
  lua_pushstring(L, text);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
#endif
}

int failure_note(lua_State* L) {
  int code;
  if (interrupt_leaving(&code)) return 1;
  forget();
  push_text(L);
  size_t size;
  const char* text = lua_tolstring(L, -1, &size);
  take_message(text, size);
  if (!line) find_place(L);
  push_traceback(L, text);
  text = lua_tolstring(L, -1, &trace_size);
  trace = copied(text, trace_size);
  lua_settop(L, 1);
  return 1;
}

int failure_is_interrupt(void) {
  return interrupt_raised() && message && strstr(message, "interrupted!");
}

static void send_lines(const char* text, size_t size) {
  for (const char* end = text + size; text <= end;) {
    const char* newline = memchr(text, '\n', (size_t)(end - text));
    if (!newline) newline = end;
    frame_part("traceback", text, (size_t)(newline - text));
    text = newline + 1;
  }
}

void failure_send(lua_State* L, const char* kind, const char* name) {
  if (!message) {
    size_t size;
    const char* text = lua_tolstring(L, -1, &size);
    if (!text) text = "the error itself failed", size = strlen(text);
    take_message(text, size);
    trace = copied(text, trace_size = size);
  }
  char where[32] = "";
  if (line > 0) snprintf(where, sizeof where, " line=%d", line);
  frame_begin("error kind=%s%s", kind, where);
  frame_part("name", name, strlen(name));
  frame_part("message", message, message_size);
  if (*place) frame_part("file", place, strlen(place));
  send_lines(trace, trace_size);
  frame_send();
}
