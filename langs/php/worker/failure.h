// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a snippet that failed: the `error` frame in PHP's own words.
#pragma once

#include <php.h>

// PHP's fatal errors, which leave no exception behind. Kept in malloc's memory: PHP's may be gone.
typedef struct {
  int type;
  char *message, *file;
  uint32_t line;
} Fatal;

// Takes PHP's errors over: warnings go to stderr as ever, a fatal one is kept here and ends the
// snippet.
void failures_install(void);
// From here to `false` a snippet runs.
void failures_watch(bool on);
// The fatal error of the snippet, or NULL.
const Fatal* failure_fatal(void);

// Tells of the exception, which is uncaught; `cell` is the snippet's file name.
void tell_exception(zend_object* exception, const char* cell);
void tell_fatal(const Fatal* fatal, const char* cell, bool compiled);
void tell_plainly(const char* name, const char* message);
