// SPDX-License-Identifier: Apache-2.0
#include "snippet.h"

#include <ctype.h>
#include <string.h>

enum { kLongestLast = 4096, kTries = 64 };

struct pieces {
  struct text text[4];
  int count, next;
};

static const char kGive[] =
    "return (function(...) return ... end)(";  // no tail call, whose caller no traceback would show
static const char kReturn[] = "return ", kProbe[] = "return 0,";

static const char* next_piece(lua_State* L, void* data, size_t* size) {
  struct pieces* pieces = data;
  (void)L;
  while (pieces->next < pieces->count) {
    const struct text* piece = &pieces->text[pieces->next++];
    *size = piece->size;
    if (piece->size) return piece->data;
  }
  *size = 0;
  return NULL;
}

// Pushes the function or the message.
static int reads(lua_State* L, const char* name, struct text before, const char* opening,
                 struct text code, const char* closing) {
  struct pieces pieces = {
      {before, {opening, strlen(opening)}, code, {closing, strlen(closing)}}, 4, 0};
  return quern_load(L, next_piece, &pieces, name) == LUA_OK;
}

// Pushes the function that gives the values of the expressions behind those statements; else
// nothing.
static int reads_values(lua_State* L, const char* name, struct text before, struct text last) {
  const struct text none = {"", 0};
  const int sound = reads(L, name, none, kProbe, last, "");
  lua_pop(L, 1);
  if (!sound) return 0;
  if (before.size) {
    const int whole = reads(L, name, before, "", none, "");
    lua_pop(L, 1);
    if (!whole) return 0;
  }
  if (reads(L, name, before, kGive, last, "\n)")) return 1;
  lua_pop(L, 1);
  if (reads(L, name, before, kReturn, last, "")) return 1;  // as with a semicolon at its end
  lua_pop(L, 1);
  return 0;
}

static int begins_a_statement(struct text text) {
  size_t at = 0;
  while (at < text.size && isspace((unsigned char)text.data[at])) ++at;
  return at < text.size && (isalpha((unsigned char)text.data[at]) || text.data[at] == '_');
}

// Pushes the whole with its last expression given; else nothing. Where the whole is sound as it
// stands, it must not be read in another way: only a name surely begins a statement of its own.
static int reads_last(lua_State* L, const char* name, struct text code, int sound) {
  int tries = kTries;
  for (size_t at = code.size; at > 1 && code.size - at < kLongestLast && tries; --at) {
    if (code.data[at - 1] != '\n' && code.data[at - 1] != ';') continue;
    const struct text last = {code.data + at, code.size - at};
    --tries;
    if (sound && !begins_a_statement(last)) continue;
    if (reads_values(L, name, (struct text){code.data, at}, last)) return 1;
  }
  return 0;
}

static struct text without_equals(struct text code) {
  size_t at = 0;
  while (at < code.size && isspace((unsigned char)code.data[at])) ++at;
  if (at < code.size && code.data[at] == '=' && (at + 1 == code.size || code.data[at + 1] != '='))
    ++at;
  else
    at = 0;
  return (struct text){code.data + at, code.size - at};
}

enum reading snippet_load(lua_State* L, struct text code, const char* name) {
  const struct text none = {"", 0};
  const char* opening =
      code.size && *code.data == '#' ? "--" : "";  // such a line is the system's, as in a file
  const int sound = reads(L, name, none, opening, code, "");
  if (*opening || !code.size) return sound ? kStatements : kUnreadable;
  if (reads_values(L, name, none, without_equals(code)) || reads_last(L, name, code, sound)) {
    lua_remove(L, -2);
    return sound ? kEither : kExpression;
  }
  return sound ? kStatements : kUnreadable;
}

// A string that its line does not close gets no better by more lines, unless a backslash carries it
// over.
static int ends_too_early(lua_State* L, struct text code) {
  size_t size;
  const char* message = lua_tolstring(L, -1, &size);
  if (strstr(message, "unfinished string near") && code.size && code.data[code.size - 1] != '\\')
    return 0;
  if (size && message[size - 1] == '\'') --size;  // Lua 5.1 quotes it
  return size >= 5 && !memcmp(message + size - 5, "<eof>", 5);
}

int snippet_unfinished(lua_State* L, struct text code) {
  const struct text none = {"", 0};
  const int top = lua_gettop(L);
  const int unfinished =
      (!reads(L, "=snippet", none, "", code, "") && ends_too_early(L, code)) ||
      (!reads(L, "=snippet", none, kReturn, without_equals(code), "") && ends_too_early(L, code));
  lua_settop(L, top);
  return unfinished;
}
