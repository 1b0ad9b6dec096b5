// SPDX-License-Identifier: Apache-2.0
#include "routines.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "frame.h"
#include "graphics.h"
#include "r.h"
#include "stop.h"

// The routines below do not return through what they allocate with malloc: R's errors jump.

// A frame: its kind, its attributes as one string, and its parts: a named list of strings and raw
// vectors.
static SEXP quern_send(SEXP kind, SEXP attributes, SEXP parts) {
  struct Part all[kMostParts];
  SEXP names = Rf_getAttrib(parts, R_NamesSymbol);
  size_t count = (size_t)Rf_length(parts);
  if (count > kMostParts) count = kMostParts;
  for (size_t i = 0; i < count; ++i) {
    SEXP body = VECTOR_ELT(parts, (R_xlen_t)i);
    const char* name = Rf_translateCharUTF8(STRING_ELT(names, (R_xlen_t)i));
    if (TYPEOF(body) == RAWSXP) {
      all[i] = frame_text(name, "");
      all[i].data = (const char*)RAW(body);
      all[i].size = (size_t)XLENGTH(body);
    } else {
      all[i] = frame_text(name, Rf_translateCharUTF8(Rf_asChar(body)));
    }
  }
  frame_send(CHAR(Rf_asChar(kind)), CHAR(Rf_asChar(attributes)), all, count);
  return R_NilValue;
}

// Interrupts wait from here on, until the snippet's next expression.
static SEXP quern_hold_interrupts(void) {
  stop_allow(false);
  return R_NilValue;
}

// Sets a variable of the base environment, which is locked for R code: what R's own top level does
// with these.
static SEXP quern_set_base(SEXP name, SEXP value) {
  SET_SYMVALUE(Rf_installTrChar(Rf_asChar(name)), value);
  return R_NilValue;
}

static SEXP quern_adopt_device(void) {
  graphics_adopt();
  return R_NilValue;
}

static SEXP quern_replay(SEXP page) {
  graphics_replay(page);
  return R_NilValue;
}

// Asks for a line without echo; NULL at end of file.
static SEXP quern_ask_password(SEXP prompt) {
  enum { kLine = 4096 };
  char line[kLine];
  int size = console_ask(Rf_translateCharUTF8(Rf_asChar(prompt)), true, line, kLine);
  if (size == 0) return R_NilValue;
  if (line[size - 1] == '\n') --size;
  return Rf_ScalarString(Rf_mkCharLenCE(line, size, CE_UTF8));
}

// What a name is bound to in an environment, without running anything: list(value), or NULL for an
// active binding, a promise that is not forced yet, and where there is none.
static SEXP quern_peek(SEXP name, SEXP environment) {
  SEXP symbol = Rf_installTrChar(Rf_asChar(name));
  if (!R_existsVarInFrame(environment, symbol) || R_BindingIsActive(symbol, environment))
    return R_NilValue;
  SEXP value = Rf_findVarInFrame3(environment, symbol, TRUE);
  if (TYPEOF(value) == PROMSXP) value = PRVALUE(value);
  if (value == R_UnboundValue || value == R_MissingArg) return R_NilValue;
  PROTECT(value);
  SEXP found = Rf_allocVector(VECSXP, 1);
  SET_VECTOR_ELT(found, 0, value);
  UNPROTECT(1);
  return found;
}

// How far a text parses: "complete", "incomplete" or "invalid". What the lexer objects to is an
// error of R's.
static SEXP quern_parse_state(SEXP code) {
  ParseStatus status = PARSE_NULL;
  PROTECT(R_ParseVector(code, -1, &status, R_NilValue));
  UNPROTECT(1);
  const char* state = status == PARSE_INCOMPLETE ? "incomplete"
                      : status == PARSE_ERROR    ? "invalid"
                                                 : "complete";
  return Rf_mkString(state);
}

void routines_register(void) {
  static const R_CallMethodDef kRoutines[] = {
      {"quern_send", (DL_FUNC)quern_send, 3},
      {"quern_hold_interrupts", (DL_FUNC)quern_hold_interrupts, 0},
      {"quern_set_base", (DL_FUNC)quern_set_base, 2},
      {"quern_adopt_device", (DL_FUNC)quern_adopt_device, 0},
      {"quern_replay", (DL_FUNC)quern_replay, 1},
      {"quern_ask_password", (DL_FUNC)quern_ask_password, 1},
      {"quern_peek", (DL_FUNC)quern_peek, 2},
      {"quern_parse_state", (DL_FUNC)quern_parse_state, 1},
      {NULL, NULL, 0},
  };
  R_registerRoutines(R_getEmbeddingDllInfo(), NULL, kRoutines, NULL, NULL);
}
