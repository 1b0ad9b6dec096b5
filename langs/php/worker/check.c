// SPDX-License-Identifier: Apache-2.0
#include <php.h>
#include <string.h>

#include "questions.h"
#include "syntax.h"

// As the last line with anything on it, and one step deeper behind an open bracket.
static void next_indent(Buffer* indent, const char* code, size_t size) {
  while (size > 0 && strchr(" \t\r\n", code[size - 1])) {
    --size;
  }
  size_t line = size;
  while (line > 0 && code[line - 1] != '\n') {
    --line;
  }
  size_t depth = strspn(code + line, " \t");
  buffer_add(indent, code + line, depth < size - line ? depth : size - line);
  if (size > 0 && strchr("{([:", code[size - 1])) {
    buffer_text(indent, "    ");
  }
}

const char* check(Buffer* indent, const char* code, size_t size) {
  zend_string* text = zend_string_init(code, size, 0);
  Syntax syntax = syntax_of(text, NULL);
  zend_string_release(text);
  switch (syntax) {
    case syntax_incomplete: next_indent(indent, code, size); return "incomplete";
    case syntax_invalid: return "invalid";
    default: return "complete";
  }
}
