// SPDX-License-Identifier: Apache-2.0
#include "place.h"

#include "guard.h"

#include <errno.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unwind.h>

struct range {
  uintptr_t from, to;
};
struct ranges {
  struct range* all;
  int count, room;
};

// Appended to while no snippet runs, and read by signal handlers.
static struct ranges functions, generics;

void quern_own_code(uintptr_t from, uintptr_t to, int user) {
  struct ranges* ranges = user ? &functions : &generics;
  if (ranges->count == ranges->room) {
    int room = ranges->room ? ranges->room * 2 : 64;
    struct range* all = realloc(ranges->all, (size_t)room * sizeof *all);
    if (!all) abort();
    ranges->all = all;
    ranges->room = room;
  }
  ranges->all[ranges->count++] = (struct range){from, to};
}

static int within(const struct ranges* ranges, uintptr_t address) {
  for (int i = ranges->count - 1; i >= 0; i--)
    if (address >= ranges->all[i].from && address < ranges->all[i].to) return 1;
  return 0;
}

static uintptr_t counter(const ucontext_t* context) {
#if defined __x86_64__
  return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined __aarch64__
  return context->uc_mcontext.pc;
#endif
}

uintptr_t quern_stack_of(const void* signal_context) {
  const ucontext_t* context = signal_context;
#if defined __x86_64__
  return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined __aarch64__
  return context->uc_mcontext.sp;
#endif
}

// A system call that the signal has ended has the kernel's -EINTR in the result's register, behind
// the instruction.
static int ended_a_wait(const ucontext_t* context) {
#if defined __x86_64__
  const unsigned char* at = (const unsigned char*)counter(context);
  return context->uc_mcontext.gregs[REG_RAX] == -EINTR && at[-2] == 0x0f && at[-1] == 0x05;
#elif defined __aarch64__
  const uint32_t* at = (const uint32_t*)counter(context);
  return (int64_t)context->uc_mcontext.regs[0] == -EINTR && at[-1] == 0xd4000001u;
#endif
}

enum quern_place quern_place_of(const void* signal_context) {
  const ucontext_t* context = signal_context;
  uintptr_t at = counter(context);
  if (within(&functions, at)) return quern_in_snippet;
  if (within(&generics, at)) return quern_in_generic;
  return ended_a_wait(context) ? quern_in_wait : quern_in_library;
}

static uintptr_t uleb(const unsigned char** at) {
  uintptr_t value = 0;
  for (int shift = 0;; shift += 7) {
    unsigned char byte = *(*at)++;
    value |= (uintptr_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return value;
  }
}

static uintptr_t encoded(const unsigned char** at, unsigned char encoding) {
  if (encoding == 1) return uleb(at);
  uint32_t word;
  __builtin_memcpy(&word, *at, sizeof word);
  *at += sizeof word;
  return word;
}

// Whether the table of a function with landing pads knows that place as one that may unwind. Rust
// aborts elsewhere.
static int covered(const unsigned char* table, uintptr_t offset) {
  if (*table++ != 0xff)
    return 0;  // landing pads relative to something else: nothing that rustc makes
  if (*table++ != 0xff) uleb(&table);
  unsigned char encoding = *table++;
  if (encoding != 1 && encoding != 3) return 0;
  uintptr_t length = uleb(&table);
  for (const unsigned char* end = table + length; table < end;) {
    uintptr_t start = encoded(&table, encoding);
    uintptr_t size = encoded(&table, encoding);
    encoded(&table, encoding);
    uleb(&table);
    if (offset < start) return 0;
    if (offset < start + size) return 1;
  }
  return 0;
}

struct walk {
  uintptr_t first, limit;
  int begun, possible;
};

static _Unwind_Reason_Code step(struct _Unwind_Context* frame, void* data) {
  struct walk* walk = data;
  int before = 0;
  uintptr_t at = _Unwind_GetIPInfo(frame, &before);
  if (!walk->begun && at != walk->first) return _URC_NO_REASON;  // the handler's own
  walk->begun = 1;
  if (_Unwind_GetCFA(frame) >= walk->limit) {
    walk->possible = 1;
    return _URC_END_OF_STACK;
  }
  const unsigned char* table = _Unwind_GetLanguageSpecificData(frame);
  if (table && !covered(table, at - (before ? 0 : 1) - _Unwind_GetRegionStart(frame)))
    return _URC_END_OF_STACK;
  return _URC_NO_REASON;
}

int quern_can_unwind(const void* signal_context, uintptr_t limit) {
  struct walk walk = {counter(signal_context), limit, 0, 0};
  _Unwind_Backtrace(step, &walk);
  return walk.possible;
}
