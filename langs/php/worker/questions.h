// SPDX-License-Identifier: Apache-2.0
//
// The three requests about code that is not run. They look at PHP's tables and objects as they are,
// and call no code of the user's: no property's getter, no autoloader.
#pragma once

#include <php.h>

#include "channel.h"

// The names that the text up to the cursor may go on with. Gives where the completed text starts.
size_t complete(Buffer* items, const char* code, size_t cursor);
// What is known of the name around the cursor; false when nothing.
bool inspect(Buffer* text, const char* code, size_t size, size_t cursor, bool detail);
// "complete", "incomplete" or "invalid", and how the next line would begin.
const char* check(Buffer* indent, const char* code, size_t size);

// The name around a cursor, and the object or class before its arrow or colons.
typedef struct {
  size_t start, end;
  bool variable;            // begins with $
  bool member, fixed;       // behind -> or ::
  zval* object;             // before ->, when known
  zend_class_entry* class;  // before ->, :: or of the object, when known
} Place;

Place place_of(const char* code, size_t size, size_t cursor);
// A global variable, or NULL.
zval* global_variable(const char* name, size_t size);
