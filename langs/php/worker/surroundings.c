// SPDX-License-Identifier: Apache-2.0
#include "surroundings.h"

#include <php.h>

#include <stdlib.h>
#include <string.h>

#include "display.h"
#include "streams.h"

static const char variable[] = "TRACEPARENT";
static char *parent, *before;  // as the run has it, and as it was

static HashTable* server(void) {
  zval* array = zend_hash_str_find_ind(&EG(symbol_table), "_SERVER", sizeof "_SERVER" - 1);
  if (!array || Z_TYPE_P(array) != IS_ARRAY) {
    return NULL;  // the snippet has put something else there
  }
  SEPARATE_ARRAY(array);
  return Z_ARRVAL_P(array);
}

static void set_parent(const char* value) {
  HashTable* known = server();
  if (value) {
    setenv(variable, value, 1);
  } else {
    unsetenv(variable);
  }
  if (known && value) {
    zval text;
    ZVAL_STRING(&text, value);
    zend_hash_str_update(known, variable, strlen(variable), &text);
  } else if (known) {
    zend_hash_str_del(known, variable, strlen(variable));
  }
}

// $argv, $argc and their copies in $_SERVER; the first word is the program's name, as everywhere.
static void set_arguments(const char* words, size_t size) {
  zval list, number;
  array_init(&list);
  add_next_index_string(&list, "-");
  for (size_t at = 0; at < size; at += strlen(words + at) + 1) {
    add_next_index_string(&list, words + at);
  }
  ZVAL_LONG(&number, zend_hash_num_elements(Z_ARRVAL(list)));
  HashTable* known = server();
  if (known) {
    Z_ADDREF(list);
    zend_hash_str_update(known, "argv", 4, &list);
    zend_hash_str_update(known, "argc", 4, &number);
  }
  zend_hash_str_update(&EG(symbol_table), "argv", 4, &list);
  zend_hash_str_update(&EG(symbol_table), "argc", 4, &number);
}

void surroundings_enter(const Request* run) {
  const char* body;
  size_t size;
  streams_mend();
  readline_allow(strcmp(request_attribute(run, "stdin"), "none") != 0);
  if (request_part(run, "argv", &body, &size)) {
    set_arguments(body, size);
  }
  if (request_part(run, "traceparent", &body, &size)) {
    const char* now = getenv(variable);
    before = now ? strdup(now) : NULL;
    parent = strndup(body, size);
    set_parent(parent);
  }
  if (strcmp(request_attribute(run, "merge"), "1") == 0) {
    streams_merge();
  }
}

void surroundings_leave(void) {
  streams_settle();
  if (parent) {
    const char* now = getenv(variable);
    if (now && strcmp(now, parent) == 0) {  // else the snippet has set its own
      set_parent(before);
    }
    free(parent);
    free(before);
    parent = before = NULL;
  }
}
