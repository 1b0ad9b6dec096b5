// SPDX-License-Identifier: Apache-2.0
#include <php.h>
#include <zend_ast.h>
#include <zend_constants.h>

#include <string.h>

#include "questions.h"
#include "snippet.h"
#include "values.h"

static void write_type(Buffer* text, zend_type type, const char* before, const char* after) {
  zend_string* words = ZEND_TYPE_IS_SET(type) ? zend_type_to_string(type) : NULL;
  if (words) {
    buffer_format(text, "%s%s%s", before, ZSTR_VAL(words), after);
    zend_string_release(words);
  }
}

static void write_default(Buffer* text, zend_function* function, uint32_t number) {
  if (function->type == ZEND_INTERNAL_FUNCTION) {
    const char* value = ((zend_internal_arg_info*)function->common.arg_info)[number].default_value;
    if (value) {
      buffer_format(text, " = %s", value);
    }
    return;
  }
  for (uint32_t i = 0; i < function->op_array.last; ++i) {
    zend_op* code = &function->op_array.opcodes[i];
    if (code->opcode != ZEND_RECV_INIT || code->op1.num != number + 1) {
      continue;
    }
    zval* value = RT_CONSTANT(code, code->op2);
    buffer_text(text, " = ");
    if (Z_TYPE_P(value) == IS_CONSTANT_AST) {
      zend_string* words = zend_ast_export("", Z_ASTVAL_P(value), "");
      buffer_add(text, ZSTR_VAL(words), ZSTR_LEN(words));
      zend_string_release(words);
    } else {
      value_brief(text, value, 60);
    }
    return;
  }
}

static void write_parameter(Buffer* text, zend_function* function, uint32_t number) {
  zend_arg_info* info = &function->common.arg_info[number];
  write_type(text, info->type, "", " ");
  buffer_format(text, "%s%s$", ZEND_ARG_SEND_MODE(info) & ZEND_SEND_BY_REF ? "&" : "",
                ZEND_ARG_IS_VARIADIC(info) ? "..." : "");
  if (function->type == ZEND_INTERNAL_FUNCTION) {
    buffer_text(text, ((zend_internal_arg_info*)info)->name);
  } else {
    buffer_text(text, ZSTR_VAL(info->name));
  }
  if (number >= function->common.required_num_args && !ZEND_ARG_IS_VARIADIC(info)) {
    write_default(text, function, number);
  }
}

static void write_signature(Buffer* text, zend_function* function) {
  uint32_t count = function->common.num_args + !!(function->common.fn_flags & ZEND_ACC_VARIADIC);
  if (function->common.scope) {
    buffer_format(text, "%s::", ZSTR_VAL(function->common.scope->name));
  }
  buffer_format(text, "%s(", ZSTR_VAL(function->common.function_name));
  for (uint32_t i = 0; i < count; ++i) {
    buffer_text(text, i > 0 ? ", " : "");
    write_parameter(text, function, i);
  }
  buffer_text(text, ")");
  if (function->common.fn_flags & ZEND_ACC_HAS_RETURN_TYPE) {
    write_type(text, function->common.arg_info[-1].type, ": ", "");
  }
}

// The lines of a snippet or of a file, from one to the other.
static void write_lines(Buffer* text, zend_string* file, uint32_t first, uint32_t last) {
  zend_string* source = snippet_source(ZSTR_VAL(file));
  if (!source) {
    return;
  }
  buffer_text(text, "\n");
  const char* at = ZSTR_VAL(source);
  for (uint32_t line = 1; line <= last && *at; ++line) {
    size_t size = strcspn(at, "\n");
    if (line >= first) {
      buffer_text(text, "\n");
      buffer_add(text, at, size);
    }
    at += size + (at[size] == '\n');
  }
}

static void write_function(Buffer* text, zend_function* function, bool detail) {
  buffer_text(text, "Signature: ");
  write_signature(text, function);
  if (function->type == ZEND_INTERNAL_FUNCTION) {
    if (function->internal_function.module) {
      buffer_format(text, "\nOf PHP's extension %s", function->internal_function.module->name);
    }
    return;
  }
  zend_op_array* code = &function->op_array;
  buffer_format(text, "\nDefined in %s on line %u", ZSTR_VAL(code->filename), code->line_start);
  if (code->doc_comment) {
    buffer_format(text, "\n%s", ZSTR_VAL(code->doc_comment));
  }
  if (detail) {
    write_lines(text, code->filename, code->line_start, code->line_end);
  }
}

static void write_class(Buffer* text, zend_class_entry* class, bool detail) {
  zend_string* name;
  zend_function* method;
  zend_property_info* property;
  const char* kind = class->ce_flags & ZEND_ACC_INTERFACE ? "interface"
                     : class->ce_flags & ZEND_ACC_TRAIT   ? "trait"
                     : class->ce_flags & ZEND_ACC_ENUM    ? "enum"
                                                          : "class";
  buffer_format(text, "%s %s", kind, ZSTR_VAL(class->name));
  if (class->parent && (class->ce_flags & ZEND_ACC_LINKED)) {
    buffer_format(text, " extends %s", ZSTR_VAL(class->parent->name));
  }
  for (uint32_t i = 0; (class->ce_flags & ZEND_ACC_LINKED) && i < class->num_interfaces; ++i) {
    buffer_format(text, "%s%s", i > 0 ? ", " : " implements ",
                  ZSTR_VAL(class->interfaces[i]->name));
  }
  if (class->type == ZEND_USER_CLASS) {
    buffer_format(text, "\nDefined in %s on line %u", ZSTR_VAL(class->info.user.filename),
                  class->info.user.line_start);
    if (class->info.user.doc_comment) {
      buffer_format(text, "\n%s", ZSTR_VAL(class->info.user.doc_comment));
    }
  }
  ZEND_HASH_FOREACH_STR_KEY_PTR(&class->properties_info, name, property) {
    if (property->flags & ZEND_ACC_PUBLIC) {
      buffer_text(text, property->flags & ZEND_ACC_STATIC ? "\n  static " : "\n  ");
      write_type(text, property->type, "", " ");
      buffer_format(text, "$%s", ZSTR_VAL(name));
    }
  }
  ZEND_HASH_FOREACH_END();
  ZEND_HASH_FOREACH_PTR(&class->function_table, method) {
    if (method->common.fn_flags & ZEND_ACC_PUBLIC) {
      buffer_text(text, "\n  ");
      write_signature(text, method);
    }
  }
  ZEND_HASH_FOREACH_END();
  if (detail && class->type == ZEND_USER_CLASS) {
    write_lines(text, class->info.user.filename, class->info.user.line_start,
                class->info.user.line_end);
  }
}

static void write_variable(Buffer* text, const char* name, size_t size, zval* value, bool detail) {
  buffer_add(text, name, size);
  buffer_format(
      text, ": %s = ",
      Z_TYPE_P(value) == IS_OBJECT ? ZSTR_VAL(Z_OBJCE_P(value)->name) : zend_zval_type_name(value));
  value_brief(text, value, 500);
  if (Z_TYPE_P(value) == IS_OBJECT) {
    buffer_text(text, "\n");
    write_class(text, Z_OBJCE_P(value), detail);
  }
}

static bool inspect_member(Buffer* text, const Place* place, const char* name, size_t size,
                           bool detail) {
  char* lower = zend_str_tolower_dup(name, size);
  zend_function* method = zend_hash_str_find_ptr(&place->class->function_table, lower, size);
  efree(lower);
  zend_class_constant* constant =
      zend_hash_str_find_ptr(&place->class->constants_table, name, size);
  size_t sign = size > 0 && *name == '$';
  zend_property_info* property =
      zend_hash_str_find_ptr(&place->class->properties_info, name + sign, size - sign);
  if (method && !sign) {
    write_function(text, method, detail);
  } else if (constant && place->fixed) {
    buffer_format(text, "%s::%.*s = ", ZSTR_VAL(place->class->name), (int)size, name);
    value_brief(text, &constant->value, 500);
  } else if (property) {
    buffer_format(text, "%s::$%.*s", ZSTR_VAL(property->ce->name), (int)(size - sign), name + sign);
    write_type(text, property->type, ": ", "");
    if (property->doc_comment) {
      buffer_format(text, "\n%s", ZSTR_VAL(property->doc_comment));
    }
  } else {
    return false;
  }
  return true;
}

static bool inspect_name(Buffer* text, const char* name, size_t size, bool detail) {
  if (size > 0 && *name == '\\') {
    ++name;
    --size;
  }
  char* lower = zend_str_tolower_dup(name, size);
  zend_function* function = zend_hash_str_find_ptr(EG(function_table), lower, size);
  zend_class_entry* class = zend_hash_str_find_ptr(EG(class_table), lower, size);
  zend_constant* constant = zend_hash_str_find_ptr(EG(zend_constants), name, size);
  efree(lower);
  if (function) {
    write_function(text, function, detail);
  } else if (class) {
    write_class(text, class, detail);
  } else if (constant) {
    buffer_format(text, "const %.*s = ", (int)size, name);
    value_brief(text, &constant->value, 500);
  }
  return function || class || constant;
}

bool inspect(Buffer* text, const char* code, size_t size, size_t cursor, bool detail) {
  Place place = place_of(code, size, cursor);
  if (place.end == place.start && cursor > 0 && code[cursor - 1] == '(') {
    place = place_of(code, size, cursor - 1);  // at the arguments of a call
  }
  const char* name = code + place.start;
  size_t length = place.end - place.start;
  if (place.member || place.fixed) {
    return place.class && inspect_member(text, &place, name, length, detail);
  }
  if (place.variable) {
    zval* value = length > 1 ? global_variable(name + 1, length - 1) : NULL;
    if (value) {
      write_variable(text, name, length, value, detail);
    }
    return value != NULL;
  }
  return length > 0 && inspect_name(text, name, length, detail);
}
