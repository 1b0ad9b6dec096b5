// SPDX-License-Identifier: Apache-2.0
//
// One snippet in the context: compiled, run, and brought to an end that keeps the context.
//
// All snippets share the global variables of one request of PHP. A fatal error, an exit and an
// exhausted memory jump back here; the stack that they leave behind is cleared, its variables are
// not.
#pragma once

#include <php.h>

typedef struct {
  const char* status;  // as `done` says it
  long exit;           // -1 when the snippet asked for none
} Ending;

// Sends what it yields; `shows` when the value of its last expression is wanted.
Ending snippet_run(const char* code, size_t size, bool shows);
// What that many-th snippet said, or NULL; for inspection. Kept for those that define something.
zend_string* snippet_source(const char* cell);
// The context ends: shutdown functions and destructors.
void snippets_finish(void);
