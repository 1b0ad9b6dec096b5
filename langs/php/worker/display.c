// SPDX-License-Identifier: Apache-2.0
#include "display.h"

#include <ext/standard/php_string.h>
#include <zend_exceptions.h>

#include "interrupt.h"
#include "streams.h"
#include "values.h"

static bool input_allowed = true;

void readline_allow(bool allowed) { input_allowed = allowed; }

static void part(Reply* reply, const char* type, zend_string* body) {
  reply_part(reply, type, ZSTR_VAL(body), ZSTR_LEN(body));
}

static zend_string* without_tags(zend_string* html) {
  zend_string* text = zend_string_init(ZSTR_VAL(html), ZSTR_LEN(html), 0);
  ZSTR_LEN(text) = php_strip_tags(ZSTR_VAL(text), ZSTR_LEN(text), NULL, 0);
  return text;
}

// A string of that type, behind a plain text that stands for it.
static void reply_string(Reply* reply, const char* type, zend_string* body) {
  if (strcmp(type, "text/plain") == 0) {
    part(reply, type, body);
    return;
  }
  zend_string* plain =
      strcmp(type, "text/html") == 0 ? without_tags(body) : strpprintf(0, "[%s]", type);
  part(reply, "text/plain", plain);
  zend_string_release(plain);
  part(reply, type, body);
}

static bool looks_like_html(const zend_string* text) {
  const char* at = ZSTR_VAL(text);
  return at[strspn(at, " \t\r\n")] == '<';
}

static bool is_bundle(zval* value) {
  zend_string* key;
  if (Z_TYPE_P(value) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(value)) == 0) {
    return false;
  }
  ZEND_HASH_FOREACH_STR_KEY(Z_ARRVAL_P(value), key) {
    if (!key || !strchr(ZSTR_VAL(key), '/') || strpbrk(ZSTR_VAL(key), " \n=")) {
      return false;
    }
  }
  ZEND_HASH_FOREACH_END();
  return true;
}

static void reply_bundle(Reply* reply, HashTable* forms) {
  zend_string* type;
  zval* form;
  zval* plain = zend_hash_str_find(forms, "text/plain", sizeof "text/plain" - 1);
  zval* html = zend_hash_str_find(forms, "text/html", sizeof "text/html" - 1);
  zend_string* text = plain  ? zval_get_string(plain)
                      : html ? zval_get_string(html)
                             : ZSTR_EMPTY_ALLOC();
  zend_string* shown = plain ? zend_string_copy(text) : without_tags(text);
  part(reply, "text/plain", shown);
  zend_string_release(shown);
  zend_string_release(text);
  ZEND_HASH_FOREACH_STR_KEY_VAL(forms, type, form) {
    if (form != plain) {
      zend_string* body = zval_get_string(form);
      part(reply, ZSTR_VAL(type), body);
      zend_string_release(body);
    }
  }
  ZEND_HASH_FOREACH_END();
}

// What that method without arguments returns, when the object has it and it returns a string.
static zend_string* asked(zend_object* object, const char* method) {
  zval result;
  zend_function* function =
      zend_hash_str_find_ptr(&object->ce->function_table, method, strlen(method));
  if (!function || !(function->common.fn_flags & ZEND_ACC_PUBLIC) ||
      function->common.required_num_args > 0) {
    return NULL;
  }
  ZVAL_UNDEF(&result);
  zend_call_known_instance_method_with_0_params(function, object, &result);
  if (Z_TYPE(result) == IS_STRING) {
    return Z_STR(result);
  }
  zval_ptr_dtor(&result);
  return NULL;
}

// An image of the extension gd, as its own function encodes it: that one prints it.
static zend_string* encoded_image(zend_object* object) {
  zval function, argument, result, output;
  if (!zend_string_equals_literal(object->ce->name, "GdImage")) {
    return NULL;
  }
  php_output_start_default();
  ZVAL_STRING(&function, "imagepng");
  ZVAL_OBJ(&argument, object);
  ZVAL_UNDEF(&result);
  call_user_function(NULL, NULL, &function, &result, 1, &argument);
  zval_ptr_dtor(&function);
  zval_ptr_dtor(&result);
  ZVAL_UNDEF(&output);
  php_output_get_contents(&output);
  php_output_discard();
  return Z_TYPE(output) == IS_STRING ? Z_STR(output) : NULL;
}

void reply_value(Reply* reply, zval* value) {
  static const struct {
    const char *method, *type;
  } offers[] = {{"tohtml", "text/html"},         {"_repr_html_", "text/html"},
                {"_repr_svg_", "image/svg+xml"}, {"_repr_png_", "image/png"},
                {"_repr_latex_", "text/latex"},  {"_repr_markdown_", "text/markdown"}};
  Buffer text = {0};
  value_text(&text, value);
  reply_part(reply, "text/plain", text.data, text.size);
  buffer_free(&text);
  if (Z_TYPE_P(value) != IS_OBJECT) {
    return;
  }
  const char* last = "";
  for (size_t i = 0; i < sizeof offers / sizeof *offers && !EG(exception); ++i) {
    zend_string* form =
        strcmp(last, offers[i].type) == 0 ? NULL : asked(Z_OBJ_P(value), offers[i].method);
    if (form) {
      last = offers[i].type;
      part(reply, last, form);
      zend_string_release(form);
    }
  }
  zend_string* image = EG(exception) ? NULL : encoded_image(Z_OBJ_P(value));
  if (image) {
    part(reply, "image/png", image);
    zend_string_release(image);
  }
}

static void show(zval* value, zend_string* type, zend_string* id, bool update) {
  if (type && (!strchr(ZSTR_VAL(type), '/') || strpbrk(ZSTR_VAL(type), " \n="))) {
    zend_argument_value_error(2, "must be a MIME type such as \"text/html\"");
    return;
  }
  if (id && strpbrk(ZSTR_VAL(id), " \n:")) {
    zend_value_error("The id of a display must have no space, colon or newline");
    return;
  }
  Reply made = reply("display");
  if (id) {
    reply_attribute(&made, "display", ZSTR_VAL(id));
  }
  if (update) {
    reply_attribute(&made, "update", "1");
  }
  if (type) {
    zend_string* body = zval_get_string(value);
    reply_string(&made, ZSTR_VAL(type), body);
    zend_string_release(body);
  } else if (Z_TYPE_P(value) == IS_STRING) {
    reply_string(&made, looks_like_html(Z_STR_P(value)) ? "text/html" : "text/plain",
                 Z_STR_P(value));
  } else if (is_bundle(value)) {
    reply_bundle(&made, Z_ARRVAL_P(value));
  } else {
    reply_value(&made, value);
  }
  if (EG(exception)) {
    buffer_free(&made.line);
    buffer_free(&made.bodies);
  } else {
    reply_send(&made);
  }
}

PHP_FUNCTION(display) {
  zval* value;
  zend_string *type = NULL, *id = NULL;
  ZEND_PARSE_PARAMETERS_START(1, 3)
  Z_PARAM_ZVAL(value)
  Z_PARAM_OPTIONAL
  Z_PARAM_STR_OR_NULL(type)
  Z_PARAM_STR_OR_NULL(id)
  ZEND_PARSE_PARAMETERS_END();
  show(value, type, id, false);
}

PHP_FUNCTION(update_display) {
  zval* value;
  zend_string *type = NULL, *id;
  ZEND_PARSE_PARAMETERS_START(2, 3)
  Z_PARAM_ZVAL(value)
  Z_PARAM_STR(id)
  Z_PARAM_OPTIONAL
  Z_PARAM_STR_OR_NULL(type)
  ZEND_PARSE_PARAMETERS_END();
  show(value, type, id, true);
}

PHP_FUNCTION(clear_output) {
  bool wait = false;
  ZEND_PARSE_PARAMETERS_START(0, 1)
  Z_PARAM_OPTIONAL
  Z_PARAM_BOOL(wait)
  ZEND_PARSE_PARAMETERS_END();
  Reply made = reply("clear");
  reply_number(&made, "wait", wait);
  reply_send(&made);
}

PHP_FUNCTION(readline) {
  zend_string* prompt = NULL;
  ZEND_PARSE_PARAMETERS_START(0, 1)
  Z_PARAM_OPTIONAL
  Z_PARAM_STR_OR_NULL(prompt)
  ZEND_PARSE_PARAMETERS_END();
  if (!input_allowed) {
    zend_throw_error(NULL, "readline() has nothing to read: this run was started without an input");
    return;
  }
  if (prompt) {
    php_output_write(ZSTR_VAL(prompt), ZSTR_LEN(prompt));
  }
  Reply asks = reply("prompt");
  reply_number(&asks, "password", 0);
  reply_text(&asks, "prompt", prompt ? ZSTR_VAL(prompt) : "");
  reply_send(&asks);
  zend_string* line = read_line();
  Reply taken = reply("taken");
  reply_send(&taken);
  if (!line) {
    RETURN_FALSE;
  }
  size_t size = ZSTR_LEN(line);
  if (size > 0 && ZSTR_VAL(line)[size - 1] == '\n') {
    --size;
  }
  RETVAL_STRINGL(ZSTR_VAL(line), size);
  zend_string_release(line);
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(display_arguments, 0, 1, IS_VOID, 0)
ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, type, IS_STRING, 1, "null")
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, id, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(update_arguments, 0, 2, IS_VOID, 0)
ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, type, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(clear_arguments, 0, 0, IS_VOID, 0)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, wait, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(readline_arguments, 0, 0, MAY_BE_STRING | MAY_BE_FALSE)
ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, prompt, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

static const zend_function_entry functions[] = {PHP_FE(display, display_arguments) PHP_FE(
    update_display, update_arguments) PHP_FE(clear_output, clear_arguments) PHP_FE_END};

static const zend_function_entry own_readline[] = {PHP_FE(readline, readline_arguments) PHP_FE_END};

void readline_replace(void) {
  zend_function* known =
      zend_hash_str_find_ptr(CG(function_table), "readline", sizeof "readline" - 1);
  if (known) {
    known->internal_function.handler = PHP_FN(readline);
  } else {
    zend_register_functions(NULL, own_readline, CG(function_table), MODULE_PERSISTENT);
  }
}

static PHP_MINIT_FUNCTION(quern) {
  (void)type;
  (void)module_number;
  interrupts_declare();
  return SUCCESS;
}

zend_module_entry quern_module = {
    STANDARD_MODULE_HEADER,    "quern", functions, PHP_MINIT(quern), NULL, NULL, NULL, NULL, "1.0",
    STANDARD_MODULE_PROPERTIES};
