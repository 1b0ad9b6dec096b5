// SPDX-License-Identifier: Apache-2.0
#include <php.h>
#include <zend_constants.h>

#include <stdlib.h>
#include <string.h>

#include "questions.h"

static const char* const keywords[] = {
    "abstract",  "and",        "array",      "as",           "break",        "callable",
    "case",      "catch",      "class",      "clone",        "const",        "continue",
    "declare",   "default",    "do",         "echo",         "else",         "elseif",
    "empty",     "enddeclare", "endfor",     "endforeach",   "endif",        "endswitch",
    "endwhile",  "enum",       "exit",       "extends",      "false",        "final",
    "finally",   "fn",         "for",        "foreach",      "function",     "global",
    "goto",      "if",         "implements", "include",      "include_once", "instanceof",
    "insteadof", "interface",  "isset",      "list",         "match",        "namespace",
    "new",       "null",       "or",         "print",        "private",      "protected",
    "public",    "readonly",   "require",    "require_once", "return",       "static",
    "switch",    "throw",      "trait",      "true",         "try",          "unset",
    "use",       "var",        "while",      "xor",          "yield"};

typedef struct {
  char* text;
  const char* type;
} Item;

static struct {
  Item* items;
  size_t count, room;
  const char* prefix;
  size_t size;
} found;

// PHP's functions and classes are found in any case.
static void offer(const char* lead, const char* name, size_t size, const char* type) {
  size_t ahead = strlen(lead);
  if (ahead + size < found.size || memchr(name, '\n', size) || memchr(name, '\t', size) ||
      memchr(name, '\0', size)) {
    return;
  }
  char* text = malloc(ahead + size + 1);
  if (!text) {
    return;
  }
  memcpy(text, lead, ahead);
  memcpy(text + ahead, name, size);
  text[ahead + size] = '\0';
  if (strncasecmp(text, found.prefix, found.size) != 0) {
    free(text);
    return;
  }
  if (found.count == found.room) {
    found.room = found.room ? found.room * 2 : 64;
    found.items = perealloc(found.items, found.room * sizeof *found.items, 1);
  }
  found.items[found.count++] = (Item){text, type};
}

static void offer_string(const char* lead, zend_string* name, const char* type) {
  offer(lead, ZSTR_VAL(name), ZSTR_LEN(name), type);
}

static void offer_variables(void) {
  zend_string* name;
  zval* value;
  ZEND_HASH_FOREACH_STR_KEY_VAL_IND(&EG(symbol_table), name, value) {
    if (name && Z_TYPE_P(value) != IS_UNDEF) {
      offer_string("$", name, "variable");
    }
  }
  ZEND_HASH_FOREACH_END();
}

static void offer_members(const Place* place) {
  zend_string* name;
  zend_function* method;
  zend_property_info* property;
  ZEND_HASH_FOREACH_STR_KEY_PTR(&place->class->properties_info, name, property) {
    if ((property->flags & ZEND_ACC_PUBLIC) &&
        !!(property->flags & ZEND_ACC_STATIC) == place->fixed) {
      offer_string(place->fixed ? "$" : "", name, "property");
    }
  }
  ZEND_HASH_FOREACH_END();
  if (place->object && Z_OBJ_P(place->object)->properties && !place->fixed) {
    ZEND_HASH_FOREACH_STR_KEY(Z_OBJ_P(place->object)->properties, name) {
      if (name && ZSTR_LEN(name) > 0 && ZSTR_VAL(name)[0] != '\0' &&
          !zend_hash_exists(&place->class->properties_info, name)) {
        offer_string("", name, "property");
      }
    }
    ZEND_HASH_FOREACH_END();
  }
  ZEND_HASH_FOREACH_PTR(&place->class->function_table, method) {
    bool fixed = method->common.fn_flags & ZEND_ACC_STATIC;
    if ((method->common.fn_flags & ZEND_ACC_PUBLIC) && (fixed || !place->fixed)) {
      offer_string("", method->common.function_name, "method");
    }
  }
  ZEND_HASH_FOREACH_END();
  if (place->fixed) {
    ZEND_HASH_FOREACH_STR_KEY(&place->class->constants_table, name) {
      offer_string("", name, "constant");
    }
    ZEND_HASH_FOREACH_END();
    offer("", "class", 5, "keyword");
  }
}

static void offer_classes(void) {
  zend_class_entry* class;
  zend_string* key;
  ZEND_HASH_FOREACH_STR_KEY_PTR(EG(class_table), key, class) {
    // Not one without a name, nor one that only waits to be declared.
    if (key && ZSTR_VAL(key)[0] != '\0' && !(class->ce_flags & ZEND_ACC_ANON_CLASS)) {
      offer_string("", class->name, "class");
    }
  }
  ZEND_HASH_FOREACH_END();
}

static void offer_names(void) {
  zend_function* function;
  zend_string* name;
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; ++i) {
    offer("", keywords[i], strlen(keywords[i]), "keyword");
  }
  ZEND_HASH_FOREACH_STR_KEY_PTR(EG(function_table), name, function) {
    if (name && ZSTR_VAL(name)[0] != '\0') {
      offer_string("", function->common.function_name, "function");
    }
  }
  ZEND_HASH_FOREACH_END();
  ZEND_HASH_FOREACH_STR_KEY(EG(zend_constants), name) {
    if (name) {
      offer_string("", name, "constant");
    }
  }
  ZEND_HASH_FOREACH_END();
}

static int by_text(const void* left, const void* right) {
  return strcmp(((const Item*)left)->text, ((const Item*)right)->text);
}

static bool behind_new(const char* code, size_t start) {
  while (start > 0 && code[start - 1] == ' ') {
    --start;
  }
  return start >= 3 && strncmp(code + start - 3, "new", 3) == 0;
}

size_t complete(Buffer* items, const char* code, size_t cursor) {
  Place place = place_of(code, cursor, cursor);
  found.count = 0;
  found.prefix = code + place.start;
  found.size = cursor - place.start;
  if (!place.member && !place.fixed && !place.variable && found.size > 0 && *found.prefix == '\\') {
    ++place.start;  // from the root, where all names are complete
    ++found.prefix;
    --found.size;
  }
  if (place.member || place.fixed) {
    if (place.class) {
      offer_members(&place);
    }
  } else if (place.variable) {
    offer_variables();
  } else {
    if (!behind_new(code, place.start)) {
      offer_names();
    }
    offer_classes();
  }
  if (found.count > 0) {
    qsort(found.items, found.count, sizeof *found.items, by_text);
  }
  for (size_t i = 0; i < found.count; ++i) {
    if (i == 0 || strcmp(found.items[i].text, found.items[i - 1].text) != 0) {
      buffer_format(items, "%s%s\t%s", items->size ? "\n" : "", found.items[i].text,
                    found.items[i].type);
    }
  }
  for (size_t i = 0; i < found.count; ++i) {
    free(found.items[i].text);
  }
  return place.start;
}
