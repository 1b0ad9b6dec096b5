// SPDX-License-Identifier: Apache-2.0
//
// Snippets, one top-level expression after the other, each at R's own top level: no frame of the
// worker's is below it.
#pragma once

#include <stdbool.h>

#include "frame.h"
#include "r.h"

// Calls a function of the worker's own R code with these arguments, a pairlist. The value is
// protected until the next call; NULL when it failed, and then evaluate_complaint says why.
SEXP evaluate_own(const char* function, SEXP arguments);
const char* evaluate_complaint(void);

// Answers a `run` with all frames but `done`; writes the attributes of that one into `done`.
void evaluate_run(const struct Request* request, char* done, size_t size);

// The environment of the worker's R code, once it is loaded.
void evaluate_use(SEXP environment);

// Has R print the warnings that it has collected, as it does behind each top-level expression.
void evaluate_tell_warnings(void);
