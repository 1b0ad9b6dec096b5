// SPDX-License-Identifier: Apache-2.0
//
// R's own headers, in the order in which they want to be read, and what of R's top level has none.
// R 4.2 of Debian 12.
#pragma once

#include <stdio.h>

#include <Rinternals.h>

#include <R_ext/Callbacks.h>
#include <R_ext/GraphicsEngine.h>
#include <R_ext/Parse.h>
#include <R_ext/Rdynload.h>
#include <Rembedded.h>
#include <Rinterface.h>
#include <Rversion.h>

// What the prompt does behind each expression: callbacks are called, .Last.value is set.
extern void Rf_callToplevelHandlers(SEXP, SEXP, Rboolean, Rboolean);
extern void SET_SYMVALUE(SEXP, SEXP);
extern SEXP R_LastvalueSymbol;

extern int R_interrupts_pending;
extern Rboolean R_interrupts_suspended;
