// SPDX-License-Identifier: Apache-2.0
#include "snippet.h"

#include <php.h>

#include <SAPI.h>
#include <ext/standard/basic_functions.h>
#include <php_main.h>
#include <php_output.h>
#include <zend_exceptions.h>
#include <zend_gc.h>

#include "channel.h"
#include "display.h"
#include "failure.h"
#include "imports.h"
#include "interrupt.h"
#include "redefine.h"
#include "syntax.h"

// What a jump must not lose.
static struct {
  char cell[32];
  zend_op_array* code;
  zend_execute_data* frame;  // while its variables are the global ones
  zend_vm_stack stack;
  zval *stack_top, *stack_end;
  zval value;
  bool with_semicolon, compiled, exited, failed, interrupted;
} now;

static unsigned long count;
static HashTable sources;
static zend_execute_data base;  // below every snippet, so that exceptions have somewhere to go

zend_string* snippet_source(const char* cell) {
  return count ? zend_hash_str_find_ptr(&sources, cell, strlen(cell)) : NULL;
}

static void arrange(zend_ast* top) {
  redefine_make_room(top);
  return_last_expression(top, now.with_semicolon);
  imports_add(top);
}

static zend_op_array* compiled(zend_string* code) {
  zend_ast_process_t before = zend_ast_process;
  uint32_t options = CG(compiler_options);
  redefine_begin();
  imports_forget_new();
  zend_ast_process = arrange;
  // What a later snippet may define again is looked up when it is used.
  CG(compiler_options) |=
      ZEND_COMPILE_IGNORE_USER_FUNCTIONS | ZEND_COMPILE_NO_CONSTANT_SUBSTITUTION;
  zend_op_array* made =
      zend_compile_string(code, now.cell, position_of(ZSTR_VAL(code), ZSTR_LEN(code)));
  CG(compiler_options) = options;
  zend_ast_process = before;
  return made;
}

static void compile(zend_string* code) {
  zend_string* fixed;
  now.with_semicolon = true;
  now.code = compiled(code);
  if (!now.code && EG(exception) && EG(exception)->ce == zend_ce_parse_error) {
    zend_object* complaint = EG(exception);
    EG(exception) = NULL;
    if (syntax_of(code, &fixed) == syntax_complete && fixed) {
      OBJ_RELEASE(complaint);
      now.with_semicolon = false;
      now.code = compiled(fixed);
      zend_string_release(fixed);
    } else {
      EG(exception) = complaint;
    }
  }
  now.compiled = now.code != NULL;
}

static void keep_source(zend_string* code) {
  if (now.code->num_dynamic_func_defs > 0 ||
      zend_memnstr(ZSTR_VAL(code), "function", 8, ZSTR_VAL(code) + ZSTR_LEN(code)) ||
      zend_memnstr(ZSTR_VAL(code), "class", 5, ZSTR_VAL(code) + ZSTR_LEN(code))) {
    zend_hash_str_update_ptr(&sources, now.cell, strlen(now.cell), zend_string_copy(code));
  }
}

// As PHP's own zend_execute, but that a jump out of it can be tidied up after.
static void execute(void) {
  zend_execute_data* frame = zend_vm_stack_push_call_frame(
      ZEND_CALL_TOP_CODE | ZEND_CALL_HAS_SYMBOL_TABLE, (zend_function*)now.code, 0, NULL);
  frame->symbol_table = &EG(symbol_table);
  zend_init_code_execute_data(frame, now.code, &now.value);
  now.frame = frame;
  zend_execute_ex(frame);
  now.frame = NULL;
  zend_vm_stack_free_call_frame(frame);
}

static void discard_code(void) {
  zend_op_array* code = now.code;
  now.code = NULL;
  if (code) {
    zend_destroy_static_vars(code);
    destroy_op_array(code);
    efree_size(code, sizeof *code);
  }
}

// Whatever exception stands at the end of the snippet, or of one of its parts.
static void settle(void) {
  zend_object* exception = EG(exception);
  if (!exception) {
    return;
  }
  if (zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception)) {
    now.exited = !failure_fatal();  // else PHP itself has ended it so
    zend_clear_exception();
    return;
  }
  now.interrupted = exception->ce == interrupted_class;
  bool handled = !now.interrupted && Z_TYPE(EG(user_exception_handler)) != IS_UNDEF;
  GC_ADDREF(exception);
  if (handled) {
    zend_user_exception_handler();
  } else {
    zend_clear_exception();
  }
  if (EG(exception)) {  // thrown by the handler
    OBJ_RELEASE(exception);
    exception = EG(exception);
    GC_ADDREF(exception);
    zend_clear_exception();
  }
  if (zend_is_unwind_exit(exception)) {
    now.exited = true;
  } else if (!now.failed) {
    now.failed = true;
    tell_exception(exception, now.cell);
  }
  OBJ_RELEASE(exception);
}

// Output that is still held back goes out, as at the end of any script.
static void end_output(void) {
  php_output_end_all();
  settle();
}

static void show(void) {
  if (Z_TYPE(now.value) == IS_UNDEF || Z_TYPE(now.value) == IS_NULL || now.failed || now.exited ||
      failure_fatal()) {
    return;
  }
  Reply result = reply("result");
  reply_value(&result, &now.value);
  if (EG(exception)) {
    buffer_free(&result.line);
    buffer_free(&result.bodies);
    settle();
  } else {
    end_output();
    reply_send(&result);
  }
}

// A jump has left everything as it stood.
static void recover(void) {
  if (now.frame) {
    zend_detach_symbol_table(now.frame);
    now.frame = NULL;
  }
  while (EG(vm_stack) != now.stack) {
    zend_vm_stack page = EG(vm_stack);
    EG(vm_stack) = page->prev;
    efree(page);
  }
  EG(vm_stack_top) = now.stack_top;
  EG(vm_stack_end) = now.stack_end;
  EG(current_execute_data) = &base;
  if (EG(exception)) {
    zend_clear_exception();
  }
  zend_ast_process = NULL;
  CG(compiler_options) = ZEND_COMPILE_DEFAULT;
  CG(unclean_shutdown) = 0;
  CG(active_op_array) = NULL;
  CG(in_compilation) = 0;
  EG(error_handling) = EH_NORMAL;
  EG(flags) &= ~EG_FLAGS_IN_SHUTDOWN;
  if (EG(in_autoload)) {
    zend_hash_clean(EG(in_autoload));
  }
  OG(running) = NULL;
  if (!(OG(flags) & PHP_OUTPUT_ACTIVATED)) {  // PHP's answer to a handler that itself buffers
    php_output_activate();
  }
  gc_protect(false);
  if (!now.compiled) {
    redefine_undo();
  }
  now.code = NULL;  // it may be in use further up; its memory is lost
  ZVAL_UNDEF(&now.value);
}

// Each part of the way may end in a jump. True when it did not.
static bool guarded(void (*part)(void)) {
  volatile bool whole = false;
  zend_try {
    part();
    whole = true;
  }
  zend_end_try();
  if (!whole) {
    recover();
  }
  return whole;
}

static zend_string* given;  // the code of the run

static void compile_and_execute(void) {
  compile(given);
  if (now.compiled) {
    redefine_keep();
    imports_keep();
    keep_source(given);
    execute();
  } else {
    redefine_undo();
  }
  settle();
  discard_code();
}

// Where PHP ends a script gently when its memory is exhausted: the next snippet may exhaust it
// again.
static void forget_exhaustion(void) {
#ifdef ZEND_HAS_OOM
  if (EG(delayed_oom).message) {
    zend_string_release(EG(delayed_oom).message);
  }
  if (EG(delayed_oom).filename) {
    zend_string_release(EG(delayed_oom).filename);
  }
  memset(&EG(delayed_oom), 0, sizeof EG(delayed_oom));
#endif
}

static void run_parts(bool shows) {
  bool whole = guarded(compile_and_execute);
  if (!guarded(end_output)) {
    whole = false;
    if (!guarded(php_output_discard_all)) {  // a handler that fails even then
      php_output_deactivate();
      php_output_activate();
    }
  }
  if (whole && shows) {
    whole = guarded(show);
  }
  if (failure_fatal() && !now.failed) {
    now.failed = true;
    now.exited = false;
    tell_fatal(failure_fatal(), now.cell, now.compiled);
  } else if (!whole && !now.failed && !now.exited) {
    now.failed = true;
    tell_plainly("FatalError", "PHP has given the snippet up without saying why");
  }
  forget_exhaustion();
}

static void drop_value(void) {
  zval_ptr_dtor(&now.value);
  ZVAL_UNDEF(&now.value);
  settle();
}

Ending snippet_run(const char* code, size_t size, bool shows) {
  memset(&now, 0, sizeof now);
  if (count++ == 0) {
    zend_hash_init(&sources, 8, NULL, NULL, 1);
  }
  snprintf(now.cell, sizeof now.cell, "<cell %lu>", count);
  given = zend_string_init(code, size, 0);
  now.stack = EG(vm_stack);
  now.stack_top = EG(vm_stack_top);
  now.stack_end = EG(vm_stack_end);
  ZVAL_UNDEF(&now.value);
  base = (zend_execute_data){.func = (zend_function*)&zend_pass_function};
  EG(current_execute_data) = &base;
  EG(exit_status) = 0;
  failures_watch(true);
  run_parts(shows);
  guarded(drop_value);
  zend_unset_timeout();  // of set_time_limit
  EG(current_execute_data) = NULL;
  failures_watch(false);
  zend_string_release(given);
  // One that came too late for any instruction to notice.
  if (interrupt_take() && !now.failed && !now.exited) {
    now.failed = now.interrupted = true;
    tell_plainly("Interrupted", "interrupted");
  }
  if (now.interrupted) {
    return (Ending){"interrupted", -1};
  }
  if (now.exited) {
    long status = EG(exit_status) & 0xff;
    return (Ending){status == 0 ? "ok" : "error", status};
  }
  return (Ending){now.failed ? "error" : "ok", -1};
}

static void last_words(void) {
  php_call_shutdown_functions();
  zend_call_destructors();
  php_output_end_all();
}

void snippets_finish(void) {
  zend_try { last_words(); }
  zend_end_try();
}
