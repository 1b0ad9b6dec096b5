// SPDX-License-Identifier: Apache-2.0
//
// The worker for PHP: PHP's own library (the embed SAPI) behind the worker contract
// (langs/WORKER.md) on descriptors 3 and 4. One request of PHP, in the sense of its web servers, is
// the context.
#include <sapi/embed/php_embed.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "display.h"
#include "failure.h"
#include "interrupt.h"
#include "questions.h"
#include "redefine.h"
#include "snippet.h"
#include "streams.h"
#include "surroundings.h"

static const unsigned seconds_for_hooks = 1;  // the contract's

// As the command line has it. Memory: without a limit, endless recursion would take the machine's.
static char settings[] =
    "display_errors=stderr\nlog_errors=0\nhtml_errors=0\nmax_execution_time=0\nmax_input_time=-"
    "1\nmemory_limit=1G\n"
    "output_buffering=0\nimplicit_flush=1\nregister_argc_argv=1\nauto_globals_jit=0\n";

static int start_module(sapi_module_struct* sapi) {
  return php_module_startup(sapi, &quern_module);
}

static void flush_nothing(void* context) { (void)context; }

static bool start(char* name) {
  static char* arguments[] = {"-", NULL};
  sapi_module_struct* sapi = &php_embed_module;
  sapi->name = "cli";  // what a program asks for that wants to know whether it is on the web
  sapi->startup = start_module;
  sapi->ub_write = write_output;
  sapi->flush = flush_nothing;
  sapi->executable_location = name;
  zend_signal_startup();
  sapi_startup(sapi);
  sapi->ini_entries = settings;
  if (sapi->startup(sapi) != SUCCESS) {
    return false;
  }
  SG(options) |= SAPI_OPTION_NO_CHDIR;
  SG(request_info).argc = 1;
  SG(request_info).argv = arguments;
  if (php_request_startup() != SUCCESS) {
    return false;
  }
  PG(during_request_startup) = false;  // else warnings are taken for those of a start
  SG(headers_sent) = 1;
  SG(request_info).no_headers = 1;
  return true;
}

static void done(const char* status, long exit_code) {
  Reply made = reply("done");
  reply_attribute(&made, "status", status);
  if (exit_code >= 0) {
    reply_number(&made, "exit", exit_code);
  }
  reply_send(&made);
}

static void code_of(const Request* request, const char** code, size_t* size) {
  *code = "";
  *size = 0;
  request_part(request, "code", code, size);
  if (*size >= 3 && memcmp(*code, "\xef\xbb\xbf", 3) == 0) {  // a file with a byte order mark
    *code += 3;
    *size -= 3;
  }
}

static void run(const Request* request) {
  const char* code;
  size_t size;
  code_of(request, &code, &size);
  surroundings_enter(request);
  interrupts_arm();
  Ending ending = snippet_run(code, size, strcmp(request_attribute(request, "silent"), "1") != 0);
  if (!channel_is_ours()) {  // a child that the snippet has forked, with nobody to serve
    _exit(ending.exit >= 0 ? (int)ending.exit : strcmp(ending.status, "ok") == 0 ? 0 : 255);
  }
  interrupts_disarm();
  surroundings_leave();
  done(ending.status, ending.exit);
}

static size_t cursor_of(const Request* request, size_t size) {
  const char* digits = request_attribute(request, "cursor");
  size_t cursor = *digits ? strtoull(digits, NULL, 10) : size;
  return cursor < size ? cursor : size;
}

static void answer_complete(const Request* request, const char* code, size_t size) {
  Buffer items = {0};
  size_t cursor = cursor_of(request, size);
  size_t start = complete(&items, code, cursor);
  Reply made = reply("matches");
  reply_number(&made, "start", (long)start);
  reply_number(&made, "end", (long)cursor);
  reply_part(&made, "items", items.data, items.size);
  reply_send(&made);
  buffer_free(&items);
}

static void answer_inspect(const Request* request, const char* code, size_t size) {
  Buffer text = {0};
  bool detail = strcmp(request_attribute(request, "detail"), "1") == 0;
  if (inspect(&text, code, size, cursor_of(request, size), detail)) {
    Reply made = reply("found");
    reply_part(&made, "text/plain", text.data, text.size);
    reply_send(&made);
  }
  buffer_free(&text);
}

static void answer_check(const char* code, size_t size) {
  Buffer indent = {0};
  const char* state = check(&indent, code, size);
  Reply made = reply("checked");
  reply_attribute(&made, "state", state);
  reply_part(&made, "indent", indent.data, indent.size);
  reply_send(&made);
  buffer_free(&indent);
}

static void answer(const Request* request) {
  const char *kind = request_kind(request), *code;
  size_t size;
  if (strcmp(kind, "run") == 0) {
    run(request);
    return;
  }
  code_of(request, &code, &size);
  volatile bool whole = false;
  zend_execute_data base = {.func = (zend_function*)&zend_pass_function};
  EG(current_execute_data) = &base;  // so that the parser's exceptions have somewhere to go
  zend_try {
    if (strcmp(kind, "complete") == 0) {
      answer_complete(request, code, size);
    } else if (strcmp(kind, "inspect") == 0) {
      answer_inspect(request, code, size);
    } else if (strcmp(kind, "check") == 0) {
      answer_check(code, size);
    } else {
      tell_plainly("UnknownRequest", "this worker does not know the request");
    }
    whole = true;
  }
  zend_end_try();
  EG(current_execute_data) = NULL;
  if (!whole) {
    CG(unclean_shutdown) = 0;
    tell_plainly("FatalError", "PHP has given the question up");
  }
  done(whole ? "ok" : "error", -1);
}

static void stop_waiting(int number) {
  (void)number;
  _exit(0);
}

// The user's shutdown functions and destructors run; whatever they do, the end comes, and it is a
// good one.
static void leave(void) {
  signal(SIGALRM, stop_waiting);
  alarm(seconds_for_hooks);
  snippets_finish();
  _exit(0);
}

int main(int argc, char** argv) {
  (void)argc;
  channel_open(3, 4);
  signal(SIGINT, SIG_IGN);  // until there is something to interrupt
  signal(SIGPIPE, SIG_IGN);
  if (!start(argv[0])) {
    write_error("quern-php-worker: PHP did not start; see its php.ini\n", 53);
    return 1;
  }
  streams_open();
  readline_replace();
  failures_install();
  redefine_install();
  interrupts_install();
  Reply ready = reply("ready");
  reply_attribute(&ready, "version", PHP_VERSION);
  reply_text(&ready, "title", "PHP " PHP_VERSION);
  reply_send(&ready);
  Request request;
  while (channel_read(&request)) {
    answer(&request);
    request_free(&request);
  }
  leave();
}
