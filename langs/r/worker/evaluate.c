// SPDX-License-Identifier: Apache-2.0
#include "evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "graphics.h"
#include "stop.h"

static SEXP own;  // the environment of the worker's R code

// -- the worker's own R code

struct Call {
  SEXP call;
  SEXP value;
};

static SEXP result;  // kept from the collector

static void call_own(void* data) {
  struct Call* call = data;
  call->value = Rf_eval(call->call, own);
  SETCAR(result, call->value);
}

void evaluate_use(SEXP environment) {
  own = environment;
  R_PreserveObject(own);
  result = Rf_cons(R_NilValue, R_NilValue);
  R_PreserveObject(result);
}

SEXP evaluate_own(const char* function, SEXP arguments) {
  struct Call call = {.call = PROTECT(Rf_lcons(Rf_install(function), arguments)), .value = NULL};
  bool fine = R_ToplevelExec(call_own, &call);
  UNPROTECT(1);
  return fine ? call.value : NULL;
}

const char* evaluate_complaint(void) { return R_curErrorBuf(); }

static void jump(void* unused) {
  (void)unused;
  jump_to_toplevel();
}

void evaluate_tell_warnings(void) { R_ToplevelExec(jump, NULL); }

// -- one expression

struct Step {
  SEXP expression;
  SEXP value;
  bool visible;
  bool last;
  bool finished;
};

static SEXP internal(const char* function, SEXP arguments) {
  SEXP head = Rf_findFun(Rf_install(".Internal"), R_BaseEnv);
  SEXP call = PROTECT(Rf_lcons(Rf_install(function), arguments));
  SEXP whole = Rf_lang2(head, call);
  UNPROTECT(1);
  return whole;
}

// Handlers as globalCallingHandlers() establishes them, without a frame, until the end of this top
// level.
static void handle_conditions(void) {
  SEXP handlers = PROTECT(Rf_eval(PROTECT(Rf_lang1(Rf_install("current_handlers"))), own));
  SEXP classes = PROTECT(Rf_getAttrib(handlers, R_NamesSymbol));
  SEXP arguments =
      PROTECT(Rf_list5(classes, handlers, R_GlobalEnv, R_NilValue, Rf_ScalarLogical(TRUE)));
  SEXP call = PROTECT(internal(".addGlobHands", arguments));
  Rf_eval(call, R_BaseEnv);
  UNPROTECT(5);
}

static void step(void* data) {
  struct Step* step = data;
  handle_conditions();
  SEXP call = PROTECT(internal("withVisible", Rf_list1(step->expression)));
  stop_allow(true);
  SEXP both = PROTECT(Rf_eval(call, R_GlobalEnv));
  SEXP value = step->value = VECTOR_ELT(both, 0);
  step->visible = Rf_asLogical(VECTOR_ELT(both, 1)) == TRUE;
  SETCAR(result, value);
  stop_check();  // a read that an interrupt has ended returns as at end of file
  SET_SYMVALUE(R_LastvalueSymbol, value);
  if (step->visible) {
    if (step->last) console_capture();
    Rf_PrintValue(value);
  }
  stop_check();
  Rf_callToplevelHandlers(step->expression, value, TRUE, step->visible);
  stop_allow(false);
  step->finished = true;
  UNPROTECT(2);
}

static bool evaluate_step(struct Step* one) {
  R_ToplevelExec(step, one);
  stop_allow(false);
  return one->finished;
}

// -- the snippet

static void tell_value(const struct Step* step, bool silent) {
  size_t size = 0;
  char* text = console_take(&size);
  if (size > 0 && !silent) {
    while (size > 0 && text[size - 1] == '\n') --size;
    SEXP plain = PROTECT(Rf_ScalarString(Rf_mkCharLenCE(text, (int)size, CE_UTF8)));
    SEXP value = PROTECT(Rf_lang2(Rf_install("quote"), step->value));
    if (evaluate_own("tell_value", Rf_list2(value, plain)) == NULL) {
      struct Part part = {.name = "text/plain", .data = text, .size = size};
      frame_send("result", "", &part, 1);
    }
    UNPROTECT(2);
  }
  free(text);
}

// What a print method has written before it failed is output.
static void release_captured(void) {
  size_t size = 0;
  char* text = console_take(&size);
  if (size > 0) write_all(STDOUT_FILENO, text, size);
  free(text);
}

// Runs the expressions; false when one did not come to its end, and then `index` is that one.
static bool run_all(SEXP expressions, bool silent, int* index) {
  R_xlen_t count = Rf_xlength(expressions);
  for (*index = 0; *index < count; ++*index) {
    struct Step one = {.expression = VECTOR_ELT(expressions, *index), .last = *index == count - 1};
    bool fine = evaluate_step(&one);
    if (!(fine && one.last && one.visible)) release_captured();
    evaluate_tell_warnings();
    if (!fine) return false;
    if (one.last) {
      graphics_show();
      if (one.visible) tell_value(&one, silent);
    }
  }
  return true;
}

void evaluate_run(const struct Request* request, char* done, size_t size) {
  bool silent = strcmp(frame_attribute(request, "silent", "0"), "1") == 0;
  struct Part code = frame_part(request, "code");
  SEXP text = PROTECT(
      Rf_ScalarString(Rf_mkCharLenCE(code.data == NULL ? "" : code.data, (int)code.size, CE_UTF8)));
  SEXP expressions = evaluate_own("begin", Rf_list1(text));
  UNPROTECT(1);
  snprintf(done, size, "status=error");
  if (expressions == NULL || TYPEOF(expressions) != EXPRSXP) return;  // told already
  PROTECT(expressions);
  int index = 0;
  bool fine = run_all(expressions, silent, &index);
  UNPROTECT(1);
  int status = fine ? 0 : 1;
  bool has_quit = stop_has_quit(&status);
  if (!frame_is_home()) {  // a fork of the snippet's that came back: it is nobody's worker
    fflush(NULL);
    _exit(status);
  }
  if (has_quit) {
    graphics_show();
    snprintf(done, size, "status=%s exit=%d", status == 0 ? "ok" : "error", status & 0xff);
    return;
  }
  if (fine) {
    snprintf(done, size, "status=ok");
    return;
  }
  graphics_show();
  SEXP interrupted = evaluate_own("tell_failure", Rf_list1(Rf_ScalarInteger(index + 1)));
  if (interrupted != NULL && Rf_asLogical(interrupted) == TRUE)
    snprintf(done, size, "status=interrupted");
}
