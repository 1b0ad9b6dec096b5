// SPDX-License-Identifier: Apache-2.0
//
// A worker for R: R itself, embedded, behind the contract of langs/WORKER.md.
//
//   quern-r-worker FILE.rds      the worker's own R code, as compile.R makes it
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "evaluate.h"
#include "frame.h"
#include "r.h"
#include "routines.h"
#include "stop.h"

static const char* code_file;

// What R's own shell script sets before it starts the program.
static void prepare_environment(void) {
  setenv("R_HOME", R_HOME_DIRECTORY, 1);
  setenv("R_SHARE_DIR", "/usr/share/R/share", 1);
  setenv("R_INCLUDE_DIR", "/usr/share/R/include", 1);
  setenv("R_DOC_DIR", "/usr/share/R/doc", 1);
  // All texts are UTF-8, whatever the daemon was started with.
  if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
    if (getenv("LC_ALL") != NULL) setenv("LC_ALL", "C.UTF-8", 1);
    setenv("LC_CTYPE", "C.UTF-8", 1);
  }
}

static void load_own(void* unused) {
  (void)unused;
  SEXP call = PROTECT(Rf_lang2(Rf_install("readRDS"), PROTECT(Rf_mkString(code_file))));
  SEXP environment = PROTECT(Rf_eval(call, R_BaseEnv));
  evaluate_use(environment);
  Rf_eval(PROTECT(Rf_lang1(Rf_install("start"))), environment);
  UNPROTECT(4);
}

static void start_r(void) {
  char* arguments[] = {
      "R", "--quiet", "--no-save", "--no-restore", "--no-readline", "--interactive"};
  int count = sizeof arguments / sizeof *arguments;
  stop_before_start();
  Rf_initialize_R(count, arguments);
  R_set_command_line_arguments(1, arguments);
  console_install();
  stop_install();
  setup_Rmainloop();
  stop_before_start();
  routines_register();
  if (!R_ToplevelExec(load_own, NULL)) {
    fprintf(stderr, "quern-r-worker: %s cannot be used: %sBuild the worker again.\n", code_file,
            R_curErrorBuf());
    exit(2);
  }
  stop_allow(false);
}

// commandArgs(trailingOnly = TRUE) gives these.
static void set_arguments(struct Part given) {
  char* all[1024] = {"R", "--args"};
  int count = 2;
  for (const char* word = given.data; word < given.data + given.size && count < 1024;
       word += strlen(word) + 1) {
    all[count++] = (char*)word;
  }
  R_set_command_line_arguments(count, all);  // copies
}

// TRACEPARENT of one run; afterwards it is as before, unless the snippet has set its own.
static void exchange_traceparent(const char* now, char** before) {
  const char* old = getenv("TRACEPARENT");
  *before = old == NULL ? NULL : strdup(old);
  setenv("TRACEPARENT", now, 1);
}

static void put_traceparent_back(const char* now, char* before) {
  const char* left = getenv("TRACEPARENT");
  if (left != NULL && strcmp(left, now) == 0) {
    if (before == NULL) {
      unsetenv("TRACEPARENT");
    } else {
      setenv("TRACEPARENT", before, 1);
    }
  }
  free(before);
}

static void answer_run(const struct Request* request) {
  char done[64];
  struct Part traceparent = frame_part(request, "traceparent");
  struct Part arguments = frame_part(request, "argv");
  char* before = NULL;
  stop_begin();
  if (traceparent.size > 0) exchange_traceparent(traceparent.data, &before);
  if (arguments.size > 0) set_arguments(arguments);
  console_begin(strcmp(frame_attribute(request, "stdin", "ask"), "none") != 0,
                strcmp(frame_attribute(request, "merge", "0"), "1") == 0);
  evaluate_run(request, done, sizeof done);
  fflush(stdout);
  console_end();
  stop_end();
  if (traceparent.size > 0) put_traceparent_back(traceparent.data, before);
  frame_send("done", done, NULL, 0);
}

static void answer_question(const struct Request* request) {
  struct Part code = frame_part(request, "code");
  const char* text = code.data == NULL ? "" : code.data;
  size_t cursor = strtoul(frame_attribute(request, "cursor", "0"), NULL, 10);
  if (cursor > code.size) cursor = code.size;
  bool detail = strcmp(frame_attribute(request, "detail", "0"), "1") == 0;
  SEXP all = PROTECT(Rf_ScalarString(Rf_mkCharLenCE(text, (int)code.size, CE_UTF8)));
  SEXP before = PROTECT(Rf_ScalarString(Rf_mkCharLenCE(text, (int)cursor, CE_UTF8)));
  SEXP details = PROTECT(Rf_ScalarLogical(detail));
  SEXP arguments = PROTECT(Rf_list3(all, before, details));
  char name[64];
  snprintf(name, sizeof name, "answer_%.40s", request->kind);
  console_mute(true);
  SEXP value = evaluate_own(name, arguments);
  console_mute(false);
  UNPROTECT(4);
  if (value == NULL) {
    struct Part message = frame_text("message", evaluate_complaint());
    frame_send("error", "kind=runtime", &message, 1);
  }
  frame_send("done", value == NULL ? "status=error" : "status=ok", NULL, 0);
}

static void serve(void) {
  struct Request request;
  while (frame_read(&request)) {
    if (strcmp(request.kind, "run") == 0) {
      answer_run(&request);
    } else if (strcmp(request.kind, "complete") == 0 || strcmp(request.kind, "inspect") == 0 ||
               strcmp(request.kind, "check") == 0) {
      answer_question(&request);
    } else {
      struct Part message = frame_text("message", "R's worker does not know this kind of request.");
      frame_send("error", "kind=runtime", &message, 1);
      frame_send("done", "status=error", NULL, 0);
    }
    frame_release(&request);
  }
}

int main(int count, char** words) {
  if (count != 2) {
    fprintf(stderr, "usage: quern-r-worker FILE.rds\n");
    return 2;
  }
  code_file = words[1];
  frame_open();
  prepare_environment();
  start_r();
  struct Part title = frame_text("title", "R");
  frame_send("ready", "version=" R_MAJOR "." R_MINOR, &title, 1);
  serve();
  stop_worker(0);
}
