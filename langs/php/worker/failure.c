// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <zend_exceptions.h>
#include <zend_interfaces.h>

#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "interrupt.h"
#include "streams.h"

static void (*original)(int, zend_string*, const uint32_t, zend_string*);
static bool watching;
static Fatal fatal;

static const int fatal_types =
    E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

static void keep(int type, zend_string* file, uint32_t line, zend_string* message) {
  if (!fatal.message) {
    fatal.type = type;
    fatal.message = strndup(ZSTR_VAL(message), ZSTR_LEN(message));
    fatal.file = strdup(file ? ZSTR_VAL(file) : "Unknown");
    fatal.line = line;
  }
}

static void on_error(int raised, zend_string* file, const uint32_t line, zend_string* message) {
  int type = raised & E_ALL;
  if (watching && (type & fatal_types)) {
    keep(type, file, line, message);
    if (!(raised & E_DONT_BAIL)) {
      zend_bailout();
    }
    return;
  }
  original(raised, file, line, message);
}

void failures_install(void) {
  original = zend_error_cb;
  zend_error_cb = on_error;
}

void failures_watch(bool on) {
  watching = on;
  if (on) {
    free(fatal.message);
    free(fatal.file);
    fatal = (Fatal){0};
  }
}

const Fatal* failure_fatal(void) { return fatal.message ? &fatal : NULL; }

static void tell_lines(Reply* made, const char* text) {
  if (!channel_is_ours()) {  // of a child of the snippet's, for which nobody listens but on stderr
    write_error(text, strlen(text));
    write_error("\n", 1);
  }
  while (*text) {
    size_t size = strcspn(text, "\n");
    reply_part(made, "traceback", text, size);
    text += size + (text[size] == '\n');
  }
}

static zval* property(zend_object* exception, zend_known_string_id id) {
  static zval room;
  return zend_read_property_ex(zend_get_exception_base(exception), exception, ZSTR_KNOWN(id), true,
                               &room);
}

// Where the snippet stood: the innermost of its own lines; 0 when none of them is to blame.
static zend_long line_within(zend_object* exception, const char* cell) {
  zval* file = property(exception, ZEND_STR_FILE);
  if (Z_TYPE_P(file) == IS_STRING && strcmp(Z_STRVAL_P(file), cell) == 0) {
    return zval_get_long(property(exception, ZEND_STR_LINE));
  }
  zval *trace = property(exception, ZEND_STR_TRACE), *entry;
  ZVAL_DEREF(trace);
  if (Z_TYPE_P(trace) != IS_ARRAY) {
    return 0;
  }
  ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(trace), entry) {
    if (Z_TYPE_P(entry) != IS_ARRAY) {
      continue;
    }
    zval* where = zend_hash_find(Z_ARRVAL_P(entry), ZSTR_KNOWN(ZEND_STR_FILE));
    zval* line = zend_hash_find(Z_ARRVAL_P(entry), ZSTR_KNOWN(ZEND_STR_LINE));
    if (where && line && Z_TYPE_P(where) == IS_STRING && strcmp(Z_STRVAL_P(where), cell) == 0) {
      return zval_get_long(line);
    }
  }
  ZEND_HASH_FOREACH_END();
  return 0;
}

// The exception's own words, with the trace; those of a class of the snippet's may fail.
static zend_string* words_of(zend_object* exception) {
  zval words;
  zend_class_entry* classes[] = {exception->ce, zend_get_exception_base(exception)};
  for (int i = 0; i < 2; ++i) {
    ZVAL_UNDEF(&words);
    zend_call_known_instance_method_with_0_params(classes[i]->__tostring, exception, &words);
    if (EG(exception)) {
      zend_clear_exception();
    } else if (Z_TYPE(words) == IS_STRING) {
      return Z_STR(words);
    }
    zval_ptr_dtor(&words);
  }
  return zend_string_copy(exception->ce->name);
}

static void tell_place(Reply* made, zend_long line, const char* file, const char* cell) {
  if (line > 0) {
    reply_number(made, "line", line);
  }
  if (strcmp(file, cell) != 0) {
    reply_text(made, "file", file);
  }
}

void tell_exception(zend_object* exception, const char* cell) {
  zend_class_entry* class = exception->ce;
  bool compile = class == zend_ce_parse_error || class == zend_ce_compile_error;
  zend_string* message = zval_get_string(property(exception, ZEND_STR_MESSAGE));
  zend_string* file = zval_get_string(property(exception, ZEND_STR_FILE));
  zend_long line = zval_get_long(property(exception, ZEND_STR_LINE));
  bool own = strcmp(ZSTR_VAL(file), cell) == 0;
  Reply made = reply("error");
  // Of an included file that does not parse the snippet itself has compiled.
  reply_attribute(&made, "kind", compile && own ? "compile" : "runtime");
  tell_place(&made, line_within(exception, cell), ZSTR_VAL(file), cell);
  reply_text(&made, "name", class == interrupted_class ? "Interrupted" : ZSTR_VAL(class->name));
  reply_part(&made, "message", ZSTR_VAL(message), ZSTR_LEN(message));
  Buffer text = {0};
  if (compile) {
    buffer_format(&text, "%s: %s in %s on line " ZEND_LONG_FMT,
                  class == zend_ce_parse_error ? "Parse error" : "Fatal error", ZSTR_VAL(message),
                  ZSTR_VAL(file), line);
  } else {
    zend_string* words = words_of(exception);
    buffer_format(&text, "Fatal error: Uncaught %s\n  thrown in %s on line " ZEND_LONG_FMT,
                  ZSTR_VAL(words), ZSTR_VAL(file), line);
    zend_string_release(words);
  }
  tell_lines(&made, text.data);
  buffer_free(&text);
  zend_string_release(message);
  zend_string_release(file);
  reply_send(&made);
}

void tell_fatal(const Fatal* fatal, const char* cell, bool compiled) {
  bool compile = !compiled || (fatal->type & (E_COMPILE_ERROR | E_PARSE));
  bool own = strcmp(fatal->file, cell) == 0;
  Reply made = reply("error");
  reply_attribute(&made, "kind", compile && own ? "compile" : "runtime");
  tell_place(&made, own ? fatal->line : 0, fatal->file, cell);
  reply_text(&made, "name", compile ? "CompileError" : "FatalError");
  reply_text(&made, "message", fatal->message);
  Buffer text = {0};
  buffer_format(&text, "Fatal error: %s in %s on line %u", fatal->message, fatal->file,
                fatal->line);
  tell_lines(&made, text.data);
  buffer_free(&text);
  reply_send(&made);
}

void tell_plainly(const char* name, const char* message) {
  Reply made = reply("error");
  reply_attribute(&made, "kind", "runtime");
  reply_text(&made, "name", name);
  reply_text(&made, "message", message);
  Buffer text = {0};
  buffer_format(&text, "%s: %s", name, message);
  tell_lines(&made, text.data);
  buffer_free(&text);
  reply_send(&made);
}
