// SPDX-License-Identifier: Apache-2.0
#include <php.h>
#include <zend_closures.h>

#include <ctype.h>
#include <string.h>

#include "questions.h"

static bool in_name(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '\\' || (c & 0x80);
}

zval* global_variable(const char* name, size_t size) {
  zval* value = zend_hash_str_find_ind(&EG(symbol_table), name, size);
  if (value) {
    ZVAL_DEREF(value);
  }
  return value && Z_TYPE_P(value) != IS_UNDEF ? value : NULL;
}

static zend_class_entry* class_named(const char* name, size_t size) {
  if (size > 0 && *name == '\\') {
    ++name;
    --size;
  }
  char* lower = zend_str_tolower_dup(name, size);
  zend_class_entry* class = zend_hash_str_find_ptr(EG(class_table), lower, size);
  efree(lower);
  return class;
}

// A property as it lies in the object, public and without a getter.
static zval* property_of(zval* object, const char* name, size_t size) {
  zend_object* holder = Z_OBJ_P(object);
  zend_property_info* info = zend_hash_str_find_ptr(&holder->ce->properties_info, name, size);
  zval* value = NULL;
  if (info && (info->flags & ZEND_ACC_PUBLIC) && !(info->flags & ZEND_ACC_STATIC)) {
    value = OBJ_PROP(holder, info->offset);
  } else if (!info && holder->properties) {
    value = zend_hash_str_find_ind(holder->properties, name, size);
  }
  if (value) {
    ZVAL_DEREF(value);
  }
  return value && Z_TYPE_P(value) != IS_UNDEF ? value : NULL;
}

// The class that a method says it returns, when it is one.
static zend_class_entry* class_returned(zend_class_entry* class, const char* name, size_t size) {
  char* lower = zend_str_tolower_dup(name, size);
  zend_function* method = zend_hash_str_find_ptr(&class->function_table, lower, size);
  efree(lower);
  if (!method || !(method->common.fn_flags & ZEND_ACC_HAS_RETURN_TYPE)) {
    return NULL;
  }
  zend_type type = method->common.arg_info[-1].type;
  if (ZEND_TYPE_FULL_MASK(type) & MAY_BE_STATIC) {
    return class;
  }
  if (!ZEND_TYPE_HAS_NAME(type)) {
    return NULL;
  }
  zend_string* known = ZEND_TYPE_NAME(type);
  return zend_string_equals_literal_ci(known, "self")
             ? class
             : class_named(ZSTR_VAL(known), ZSTR_LEN(known));
}

static size_t begin_of_name(const char* code, size_t end) {
  while (end > 0 && in_name(code[end - 1])) {
    --end;
  }
  return end;
}

// What stands before the arrow or the colons that end at `end`.
static void resolve(Place* place, const char* code, size_t end, bool fixed) {
  bool call = end > 0 && code[end - 1] == ')';
  if (call) {
    int depth = 0;
    do {
      --end;
      depth += code[end] == ')' ? 1 : code[end] == '(' ? -1 : 0;
    } while (end > 0 && depth > 0);
  }
  size_t begin = begin_of_name(code, end), size = end - begin;
  const char* name = code + begin;
  if (begin > 0 && code[begin - 1] == '$' && !call) {
    place->object = global_variable(name, size);
  } else if (begin > 1 && code[begin - 1] == '>' && code[begin - 2] == '-') {
    size_t before = begin - 2 - (begin > 2 && code[begin - 3] == '?');
    Place holder = {0};
    resolve(&holder, code, before, false);
    if (call) {
      place->class = holder.class ? class_returned(holder.class, name, size) : NULL;
    } else if (holder.object) {
      place->object = property_of(holder.object, name, size);
    }
  } else if (begin > 1 && code[begin - 1] == ':' && code[begin - 2] == ':' && call) {
    size_t start = begin_of_name(code, begin - 2);
    zend_class_entry* class = class_named(code + start, begin - 2 - start);
    place->class = class ? class_returned(class, name, size) : NULL;
  } else if (fixed && !call) {
    place->class = class_named(name, size);
  } else if (call && begin >= 4 && strncmp(code + begin - 4, "new ", 4) == 0) {
    place->class = class_named(name, size);
  }
  if (place->object && Z_TYPE_P(place->object) != IS_OBJECT) {
    place->object = NULL;
  }
  if (place->object) {
    place->class = Z_OBJCE_P(place->object);
  }
}

Place place_of(const char* code, size_t size, size_t cursor) {
  Place place = {.start = begin_of_name(code, cursor), .end = cursor};
  while (place.end < size && in_name(code[place.end])) {
    ++place.end;
  }
  if (place.start > 0 && code[place.start - 1] == '$') {
    --place.start;
    place.variable = true;
  }
  size_t at = place.start;
  if (at > 1 && code[at - 1] == '>' && code[at - 2] == '-') {
    place.member = true;
    resolve(&place, code, at - 2 - (at > 2 && code[at - 3] == '?'), false);
  } else if (at > 1 && code[at - 1] == ':' && code[at - 2] == ':') {
    place.fixed = true;
    resolve(&place, code, at - 2, true);
  }
  return place;
}
