// SPDX-License-Identifier: Apache-2.0
#include "interrupt.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

enum { kTickNs = 5000000 };

static volatile sig_atomic_t inside, pending, raised, leaving;
static lua_State* volatile current;
static lua_State* home;
static int exit_code, tick_signal;
static timer_t timer;

// The libraries' code: from the end of the library before to the beginning of the next.
static struct {
  uintptr_t from, to;
} libraries[2];

static void find_libraries(void) {
  static const char* const names[] = {"luaopen_base",  "luaopen_bit32",   "luaopen_coroutine",
                                      "luaopen_debug", "luaopen_io",      "luaopen_math",
                                      "luaopen_os",    "luaopen_package", "luaopen_string",
                                      "luaopen_table", "luaopen_utf8",    "luaL_openlibs"};
  static const lua_CFunction wanted[] = {luaopen_string, luaopen_table};
  for (size_t i = 0; i < 2; ++i) {
    const uintptr_t own = (uintptr_t)wanted[i];
    libraries[i].from = 0;
    libraries[i].to = UINTPTR_MAX;
    for (size_t k = 0; k < sizeof names / sizeof *names; ++k) {
      const uintptr_t at = (uintptr_t)dlsym(RTLD_DEFAULT, names[k]);
      if (at && at < own && at > libraries[i].from) libraries[i].from = at;
      if (at > own && at < libraries[i].to) libraries[i].to = at;
    }
    if (!libraries[i].from || libraries[i].to == UINTPTR_MAX) libraries[i].to = 0;
  }
}

static uintptr_t processor_at(const void* context) {
#if defined(__x86_64__)
  return (uintptr_t)((const ucontext_t*)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  return (uintptr_t)((const ucontext_t*)context)->uc_mcontext.pc;
#else
  (void)context;
  return 0;
#endif
}

static void tick(int on) {
  const struct itimerspec period = {{0, on ? kTickNs : 0}, {0, on ? kTickNs : 0}};
  timer_settime(timer, 0, &period, NULL);
}

static int raise_interrupt(lua_State* L) {
  lua_sethook(L, NULL, 0, 0);
  tick(0);
  pending = 0;
  raised = 1;
  return luaL_error(L, "interrupted!");
}

// Lua 5.4 hands the error of memory's end to no handler, as an exit is not to be either.
static int raise_exit(lua_State* L) {
  lua_pushstring(L, LUA_VERSION_NUM >= 504 ? "not enough memory" : "exit");
  return lua_error(L);
}

static void hook(lua_State* L, lua_Debug* unused) {
  (void)unused;
  if (leaving) raise_exit(L);
  if (pending) raise_interrupt(L);
  lua_sethook(L, NULL, 0, 0);  // set when the interrupt was raised elsewhere
}

static void set_hook(lua_State* L) {
  lua_sethook(L, hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static void on_signal(int number, siginfo_t* unused, void* context) {
  (void)unused;
  if (!inside || (number == tick_signal && !pending)) return;
  if (!pending) {
    pending = 1;
    tick(1);
  }
  set_hook(current);
  const uintptr_t at = processor_at(context);
  for (size_t i = 0; number == tick_signal && i < 2; ++i) {
    if (at < libraries[i].from || at >= libraries[i].to) continue;
    // Here no function of Lua's core is at work, so the library may fail at this very instruction.
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, tick_signal);
    sigprocmask(SIG_UNBLOCK, &ours, NULL);
    raise_interrupt(current);
  }
}

void interrupt_setup(lua_State* L) {
  home = current = L;
  tick_signal = SIGRTMAX - 3;
  find_libraries();
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = tick_signal;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, tick_signal);
  sigaction(SIGINT, &action, NULL);
  sigaction(tick_signal, &action, NULL);
}

void interrupt_begin(void) {
  raised = leaving = pending = 0;
  current = home;
  inside = 1;
}

void interrupt_end(void) {
  inside = 0;
  tick(0);
  pending = leaving = 0;
  current = home;
  lua_sethook(home, NULL, 0, 0);
}

lua_State* interrupt_runs(lua_State* running) {
  lua_State* before = current;
  current = running;
  if (pending || leaving) set_hook(running);
  return before;
}

int interrupt_pending(void) { return pending; }
int interrupt_raised(void) { return raised; }

int interrupt_unwinds(lua_State* L) {
  return leaving ||
         (raised && lua_type(L, -1) == LUA_TSTRING && strstr(lua_tostring(L, -1), "interrupted!"));
}

int interrupt_leave(lua_State* L, int code) {
  exit_code = code;
  leaving = 1;
  set_hook(L);
  return raise_exit(L);
}

int interrupt_leaving(int* code) {
  *code = exit_code;
  return leaving;
}
