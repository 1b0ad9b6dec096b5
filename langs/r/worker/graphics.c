// SPDX-License-Identifier: Apache-2.0
#include "graphics.h"

#include <stdlib.h>
#include <string.h>

#include "evaluate.h"

// A device of R's with two of its functions replaced by ours, which call them.
struct Watched {
  pGEDevDesc engine;
  pDevDesc device;
  int shown;  // how many entries of the page's display list have been shown
  void (*new_page)(const pGEcontext, pDevDesc);
  void (*close)(pDevDesc);
  struct Watched* next;
};

static struct Watched* first;
static SEXP closed;  // pages of devices that were closed, a pairlist behind a head; shown when the
                     // snippet ends

static struct Watched* find(pDevDesc device) {
  struct Watched* one = first;
  while (one != NULL && one->device != device) one = one->next;
  return one;
}

// Whether an entry of a display list only prepares what comes: par() and layout() draw nothing.
static bool prepares(SEXP entry) {
  SEXP arguments = Rf_length(entry) < 2 ? R_NilValue : CADR(entry);
  SEXP routine = TYPEOF(arguments) == LISTSXP ? CAR(arguments) : R_NilValue;
  if (TYPEOF(routine) != VECSXP || XLENGTH(routine) < 1 || TYPEOF(VECTOR_ELT(routine, 0)) != STRSXP)
    return false;
  const char* name = CHAR(STRING_ELT(VECTOR_ELT(routine, 0), 0));
  return strcmp(name, "C_par") == 0 || strcmp(name, "C_layout") == 0;
}

// Whether something was drawn that has not been shown. A display list is a pairlist or NULL.
static bool has_news(const struct Watched* one, SEXP list) {
  int index = 0;
  for (; list != R_NilValue; list = CDR(list)) {
    if (index++ >= one->shown && !prepares(CAR(list))) return true;
  }
  return false;
}

static void show(SEXP snapshot, double width, double height) {
  SEXP page = PROTECT(Rf_lang2(Rf_install("quote"), snapshot));
  SEXP arguments = PROTECT(Rf_list3(page, Rf_ScalarReal(width), Rf_ScalarReal(height)));
  evaluate_own("show_page", arguments);  // what fails is printed by R
  UNPROTECT(2);
}

static void size_in_inches(pDevDesc device, double* width, double* height) {
  double right = 0;
  double left = 0;
  double top = 0;
  double bottom = 0;
  device->size(&left, &right, &bottom, &top, device);
  *width = (right > left ? right - left : left - right) * device->ipr[0];
  *height = (top > bottom ? top - bottom : bottom - top) * device->ipr[1];
}

static void show_watched(struct Watched* one, SEXP snapshot) {
  double width = 0;
  double height = 0;
  size_in_inches(one->device, &width, &height);
  show(snapshot, width, height);
}

static void new_page(const pGEcontext context, pDevDesc device) {
  struct Watched* one = find(device);
  // The engine has put the old page aside and begun an empty one.
  SEXP before = one->engine->savedSnapshot;
  bool is_page = before != NULL && TYPEOF(before) == VECSXP;
  if (is_page && has_news(one, VECTOR_ELT(before, 0))) show_watched(one, before);
  one->shown = 0;
  one->new_page(context, device);
}

static void close_device(pDevDesc device) {
  struct Watched* one = find(device);
  if (one->engine->dirty && has_news(one, one->engine->displayList)) {
    SEXP page = PROTECT(GEcreateSnapshot(one->engine));
    SEXP size = PROTECT(Rf_allocVector(REALSXP, 2));
    size_in_inches(device, &REAL(size)[0], &REAL(size)[1]);
    SEXP entry = PROTECT(Rf_list2(page, size));
    SEXP last = closed;
    while (CDR(last) != R_NilValue) last = CDR(last);
    SETCDR(last, Rf_cons(entry, R_NilValue));
    UNPROTECT(3);
  }
  for (struct Watched** link = &first; *link != NULL; link = &(*link)->next) {
    if (*link != one) continue;
    *link = one->next;
    break;
  }
  void (*close)(pDevDesc) = one->close;
  free(one);
  close(device);
}

void graphics_adopt(void) {
  if (closed == NULL) {
    closed = Rf_cons(R_NilValue, R_NilValue);
    R_PreserveObject(closed);
  }
  struct Watched* one = calloc(1, sizeof *one);
  if (one == NULL) Rf_error("there is no memory for another plot; close some with graphics.off()");
  one->engine = GEcurrentDevice();
  one->device = one->engine->dev;
  one->new_page = one->device->newPage;
  one->close = one->device->close;
  one->device->newPage = new_page;
  one->device->close = close_device;
  one->next = first;
  first = one;
}

void graphics_show(void) {
  if (closed != NULL) {
    SEXP pages = PROTECT(CDR(closed));
    SETCDR(closed, R_NilValue);
    for (SEXP page = pages; page != R_NilValue; page = CDR(page)) {
      SEXP size = CADR(CAR(page));
      show(CAR(CAR(page)), REAL(size)[0], REAL(size)[1]);
    }
    UNPROTECT(1);
  }
  for (struct Watched* one = first; one != NULL; one = one->next) {
    if (!one->engine->dirty || !has_news(one, one->engine->displayList)) continue;
    one->shown = Rf_length(one->engine->displayList);
    SEXP page = PROTECT(GEcreateSnapshot(one->engine));
    show_watched(one, page);
    UNPROTECT(1);
  }
}

void graphics_replay(SEXP page) { GEplaySnapshot(page, GEcurrentDevice()); }
