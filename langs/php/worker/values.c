// SPDX-License-Identifier: Apache-2.0
#include "values.h"

#include <zend_closures.h>
#include <zend_enum.h>
#include <zend_smart_str.h>

#include <string.h>

enum { deepest = 8, most_items = 100, line_width = 72 };
static const size_t longest_string = 20000;

typedef struct {
  Buffer* text;
  int depth;
  bool asks;  // whether an object's own code may be run
} Writer;

static void write_value(Writer* writer, zval* value);

// Between single quotes where that needs no escapes; lines only break in a text that is shown
// alone.
static void write_string(Writer* writer, const char* text, size_t size) {
  size_t shown = size > longest_string ? longest_string : size;
  bool plain = true;
  for (size_t i = 0; i < shown && plain; ++i) {
    unsigned char c = (unsigned char)text[i];
    plain = (c >= 0x20 || (writer->depth == 0 && (c == '\n' || c == '\t'))) && c != 0x7f;
  }
  buffer_text(writer->text, plain ? "'" : "\"");
  for (size_t i = 0; i < shown; ++i) {
    unsigned char c = (unsigned char)text[i];
    if (plain ? c == '\'' || c == '\\' : c == '"' || c == '\\' || c == '$') {
      buffer_format(writer->text, "\\%c", c);
    } else if (plain || (c >= 0x20 && c != 0x7f)) {
      buffer_add(writer->text, text + i, 1);
    } else if (c == '\n' || c == '\t') {
      buffer_text(writer->text, c == '\n' ? "\\n" : "\\t");
    } else {
      buffer_format(writer->text, "\\x%02x", c);
    }
  }
  buffer_text(writer->text, plain ? "'" : "\"");
  if (shown < size) {
    buffer_format(writer->text, "… (%zu bytes)", size);
  }
}

static void write_double(Writer* writer, double number) {
  smart_str digits = {0};
  smart_str_append_double(&digits, number, (int)PG(serialize_precision), true);
  buffer_add(writer->text, ZSTR_VAL(digits.s), ZSTR_LEN(digits.s));
  smart_str_free(&digits);
}

static void indent(Writer* writer) {
  buffer_text(writer->text, "\n");
  for (int i = 0; i < writer->depth; ++i) {
    buffer_text(writer->text, "  ");
  }
}

static void write_key(Writer* writer, zend_ulong index, zend_string* key, bool properties) {
  if (!key) {
    buffer_format(writer->text, ZEND_LONG_FMT, (zend_long)index);
  } else if (properties) {
    const char *class_name, *name;
    size_t size;
    zend_unmangle_property_name_ex(key, &class_name, &name, &size);
    buffer_add(writer->text, name, size);
  } else {
    write_string(writer, ZSTR_VAL(key), ZSTR_LEN(key));
  }
}

// Each item behind its separator; on one line when that is short, else each on a line of its own.
static void write_items(Writer* writer, HashTable* items, bool properties) {
  size_t begin = writer->text->size;
  for (int lines = 0; lines < 2; ++lines) {
    int count = 0;
    zend_ulong index;
    zend_string* key;
    zval* item;
    bool list = !properties && zend_array_is_list(items);
    ++writer->depth;
    ZEND_HASH_FOREACH_KEY_VAL_IND(items, index, key, item) {
      if (Z_TYPE_P(item) == IS_UNDEF) {
        continue;
      }
      if (lines) {
        indent(writer);
      } else if (count > 0) {
        buffer_text(writer->text, ", ");
      }
      if (count++ == most_items) {
        buffer_format(writer->text, "… (%u in all)", zend_hash_num_elements(items));
        break;
      }
      if (!list) {
        write_key(writer, index, key, properties);
        buffer_text(writer->text, properties ? ": " : " => ");
      }
      write_value(writer, item);
      if (lines) {
        buffer_text(writer->text, ",");
      }
      if (EG(exception)) {
        break;
      }
    }
    ZEND_HASH_FOREACH_END();
    --writer->depth;
    const char* line = writer->text->data + begin;
    size_t width = writer->text->size - begin;
    if (lines) {
      indent(writer);
    } else if (EG(exception) ||
               (width <= line_width && (width == 0 || !memchr(line, '\n', width)))) {
      return;
    } else {
      writer->text->size = begin;
    }
  }
}

static void write_array(Writer* writer, zend_array* array) {
  if (GC_IS_RECURSIVE(array)) {
    buffer_text(writer->text, "*RECURSION*");
  } else if (writer->depth >= deepest) {
    buffer_format(writer->text, "[… (%u)]", zend_hash_num_elements(array));
  } else {
    GC_TRY_PROTECT_RECURSION(array);
    buffer_text(writer->text, "[");
    write_items(writer, array, false);
    buffer_text(writer->text, "]");
    GC_TRY_UNPROTECT_RECURSION(array);
  }
}

static void write_object(Writer* writer, zval* value) {
  zend_object* object = Z_OBJ_P(value);
  if (object->ce->ce_flags & ZEND_ACC_ENUM) {
    buffer_format(writer->text, "%s::%s", ZSTR_VAL(object->ce->name),
                  Z_STRVAL_P(zend_enum_fetch_case_name(object)));
    return;
  }
  const char* name = ZSTR_VAL(object->ce->name);
  buffer_format(writer->text, "%.*s", (int)strlen(name), name);
  buffer_format(writer->text, " #%u {", object->handle);
  if (GC_IS_RECURSIVE(object)) {
    buffer_text(writer->text, "*RECURSION*");
  } else if (writer->depth >= deepest || object->ce == zend_ce_closure) {
    buffer_text(writer->text, object->ce == zend_ce_closure ? "" : "…");
  } else if (!writer->asks) {
    buffer_text(writer->text, "…");
  } else {
    GC_PROTECT_RECURSION(object);
    HashTable* properties = zend_get_properties_for(value, ZEND_PROP_PURPOSE_DEBUG);
    if (properties) {
      write_items(writer, properties, true);
      zend_release_properties(properties);
    }
    GC_UNPROTECT_RECURSION(object);
  }
  buffer_text(writer->text, "}");
}

static void write_value(Writer* writer, zval* value) {
  ZVAL_DEREF(value);
  switch (Z_TYPE_P(value)) {
    case IS_TRUE: buffer_text(writer->text, "true"); break;
    case IS_FALSE: buffer_text(writer->text, "false"); break;
    case IS_LONG: buffer_format(writer->text, ZEND_LONG_FMT, Z_LVAL_P(value)); break;
    case IS_DOUBLE: write_double(writer, Z_DVAL_P(value)); break;
    case IS_STRING: write_string(writer, Z_STRVAL_P(value), Z_STRLEN_P(value)); break;
    case IS_ARRAY: write_array(writer, Z_ARR_P(value)); break;
    case IS_OBJECT: write_object(writer, value); break;
    case IS_RESOURCE: {
      const char* type = zend_rsrc_list_get_rsrc_type(Z_RES_P(value));
      buffer_format(writer->text, "resource(" ZEND_LONG_FMT ") of type (%s)",
                    Z_RES_P(value)->handle, type ? type : "closed");
      break;
    }
    default: buffer_text(writer->text, "null");
  }
}

void value_text(Buffer* text, zval* value) {
  Writer writer = {.text = text, .asks = true};
  write_value(&writer, value);
}

void value_brief(Buffer* text, zval* value, size_t most) {
  size_t begin = text->size;
  Writer writer = {.text = text, .depth = deepest - 2};
  write_value(&writer, value);
  for (size_t i = begin; i < text->size; ++i) {
    if (text->data[i] == '\n') {
      text->data[i] = ' ';
    }
  }
  if (text->size - begin > most) {
    text->size = begin + most;
    while (text->size > begin && (text->data[text->size] & 0xc0) == 0x80) {
      --text->size;  // not amid a letter
    }
    buffer_text(text, "…");
  }
}
