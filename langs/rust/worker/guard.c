// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include "place.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { tick = 1000000 };       // nanoseconds between two looks whether a panic can begin
enum { generic_after = 300 };  // looks: then also within generic code
enum { jump_after = 600 };     // looks: then by a jump, whatever is left half done
enum { handler_stack = 1 << 18 };
enum { near_stack = 1 << 16 };  // bytes: so near its pointer an address is the stack's

enum phase { idle, compiling, running };

volatile int quern_pending = 0;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
static char stack_for_handlers[handler_stack];  // an endless recursion has none left
static volatile enum phase phase = idle;
static volatile int interrupted, looks;
static volatile pid_t watched;
static pid_t home, thread;
static timer_t timer;
struct frame {
  sigjmp_buf back;
  struct frame* outer;
};
static struct frame* volatile innermost;
static struct quern_ending ending;

static pid_t this_thread(void) { return (pid_t)syscall(SYS_gettid); }

int quern_at_home(void) { return getpid() == home; }

static int brings_back(void) {
  return phase == running && getpid() == home && this_thread() == thread;
}

static void die_of(int number) {
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigprocmask(SIG_UNBLOCK, &one, NULL);
  raise(number);
}

static void jump(int way, int code, void* address, int overflow, int torn) {
  ending = (struct quern_ending){way, code, address, overflow, torn};
  siglongjmp(innermost->back, 1);
}

void quern_jump_on(void) { siglongjmp(innermost->back, 1); }

static void on_crash(int number, siginfo_t* info, void* context) {
  if (brings_back()) {
    int addressed = number == SIGSEGV || number == SIGBUS;
    uintptr_t distance = quern_stack_of(context) - (uintptr_t)info->si_addr + near_stack;
    jump(quern_crashed, number, addressed ? info->si_addr : NULL,
         addressed && distance < 2 * near_stack, 1);
  }
  die_of(number);
}

static void look_again_soon(void) {
  struct itimerspec soon = {.it_value = {.tv_nsec = tick}};
  timer_settime(timer, 0, &soon, NULL);
}

static void panic_here(void) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGINT);
  sigprocmask(SIG_UNBLOCK, &one, NULL);  // for the handler is not returned from
  quern_raise();
}

static void on_interrupt(int number, siginfo_t* info, void* context) {
  int error = errno;
  int timed = info->si_code == SI_TIMER;
  if (getpid() != home) {
    die_of(number);
  } else if (phase == compiling && !timed) {
    interrupted = 1;
    if (watched > 0) kill(watched, SIGINT);
  } else if (phase == running && this_thread() != thread) {
    syscall(SYS_tgkill, home, thread, SIGINT);
  } else if (phase == running && (!timed || quern_pending)) {
    if (!timed && !quern_pending) looks = 0;
    interrupted = quern_pending = 1;
    enum quern_place place = quern_place_of(context);
    int look = looks++;
    if (place == quern_in_wait || place == quern_in_snippet ||
        (place == quern_in_generic && look > generic_after)) {
      ending.torn = place == quern_in_generic;
      if (quern_can_unwind(context, (uintptr_t)innermost)) panic_here();
      ending.torn = 0;
    }
    if (look > jump_after) jump(quern_left, 0, NULL, 0, 1);
    look_again_soon();
  }
  errno = error;
}

void quern_settle(void) {
  home = getpid();
  thread = this_thread();
  stack_t alternative = {.ss_sp = stack_for_handlers, .ss_size = handler_stack};
  sigaltstack(&alternative, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGINT};
  event.sigev_notify_thread_id = thread;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  quern_begin();
  quern_end();
}

void quern_begin(void) {
  struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
    sigaction(crashes[i], &action, NULL);
  action.sa_sigaction = on_interrupt;
  sigaction(SIGINT, &action, NULL);
  interrupted = quern_pending = 0;
  phase = compiling;
}

void quern_end(void) {
  phase = idle;
  quern_pending = 0;
}

int quern_interrupted(void) { return interrupted; }

void quern_watch(pid_t compiler) { watched = compiler; }

static void enter(void) {
  phase = running;
  if (interrupted) {
    quern_pending = 1;  // it came in between: the first tick ends the snippet
    looks = 0;
    look_again_soon();
  }
}

static void leave(void) {
  phase = compiling;
  quern_pending = 0;
  struct itimerspec never = {0};
  timer_settime(timer, 0, &never, NULL);
}

struct quern_ending quern_guard(void (*body)(void*), void* data) {
  struct frame frame = {.outer = innermost};
  struct quern_ending returned = {quern_returned, 0, NULL, 0, 0};
  ending = returned;
  innermost = &frame;
  if (sigsetjmp(frame.back, 1) == 0) {
    if (!frame.outer) enter();
    body(data);
    // A panic that began in generic code has torn things too, and came back by itself.
    returned.torn = ending.torn;
    ending = returned;
  }
  innermost = frame.outer;
  if (!frame.outer) leave();
  return ending;
}

// The C library's own, for every caller: the daemon's worker outlives a snippet that calls it.
__attribute__((noreturn)) void exit(int status) {
  if (brings_back()) jump(quern_exited, status & 0xff, NULL, 0, 0);
  void (*really)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
  if (really) really(status);
  _exit(status);
}
