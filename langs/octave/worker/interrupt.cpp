// SPDX-License-Identifier: Apache-2.0
#include "interrupt.hpp"

#include <dlfcn.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>

#include <cstring>

namespace quern::interrupt {
namespace {

constexpr long tick_ns = 5'000'000;
constexpr int patience_ticks = 30;  // ticks before calls fail: 0.15 s

volatile sig_atomic_t inside;
int ticks;
octave::tree_evaluator* evaluator;
int recursion = -1;  // the limit that was taken away
bool ours;           // it is the worker that asks for a handler
int tick_signal;
timer_t timer;

void tick(bool on) {
  const itimerspec period = {{0, on ? tick_ns : 0}, {0, on ? tick_ns : 0}};
  timer_settime(timer, 0, &period, nullptr);
}

// OpenBLAS keeps locks and threads of its own, and is fast: it may end its work.
bool may_be_left(const void* context) {
#if defined(__x86_64__)
  const auto at = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
  const auto at = static_cast<const ucontext_t*>(context)->uc_mcontext.pc;
#else
  const long at = 0;
  (void)context;
#endif
  Dl_info info;
  if (at == 0 || dladdr(reinterpret_cast<void*>(at), &info) == 0 || info.dli_fname == nullptr)
    return false;
  const char* slash = std::strrchr(info.dli_fname, '/');
  const char* name = slash ? slash + 1 : info.dli_fname;
  return std::strncmp(name, "liblapack.", 10) == 0 || std::strncmp(name, "libpcre", 7) == 0;
}

void let_calls_fail(bool on) {
  if (on && recursion < 0) recursion = evaluator->max_recursion_depth(0);
  if (on || recursion < 0) return;
  evaluator->max_recursion_depth(recursion);
  recursion = -1;
}

void on_signal(int number, siginfo_t*, void* context) {
  if (!inside) return;
  if (number == SIGINT) {
    octave_interrupt_state = 1;
    ticks = 0;
    tick(true);
  } else if (octave_interrupt_state <= 0) {
    let_calls_fail(false);
    return tick(false);
  } else if (++ticks > patience_ticks) {
    let_calls_fail(true);
  } else if (may_be_left(context)) {
    tick(false);
    octave_signal_caught = 0;
    octave_interrupt_state = -1;
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, tick_signal);
    sigprocmask(SIG_UNBLOCK, &ours, nullptr);
    throw octave::interrupt_exception();
  }
  octave_signal_caught = 1;
}

void handle(int number) {
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, tick_signal);
  ours = true;
  sigaction(number, &action, nullptr);
  ours = false;
}

}  // namespace

void setup(octave::tree_evaluator& octaves) {
  evaluator = &octaves;
  tick_signal = SIGRTMAX - 3;
  sigevent event;
  std::memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = tick_signal;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  handle(tick_signal);
  for (const int deadly : {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGQUIT, SIGSEGV,
                           SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU}) {
    signal(deadly, SIG_DFL);
  }
  signal(SIGXFSZ, SIG_IGN);  // as langs/WORKER.md has it
  handle(SIGINT);
  octave_signal_hook = nullptr;
}

void begin() {
  octave_signal_hook = nullptr;  // input may have set it
  octave_signal_caught = 0;
  octave_interrupt_state = 0;
  inside = 1;
}

void end() {
  inside = 0;
  tick(false);
  let_calls_fail(false);
  octave_signal_caught = 0;
  octave_interrupt_state = 0;
}

bool pending() { return octave_interrupt_state > 0; }

}  // namespace quern::interrupt

// Octave ignores SIGINT while a child runs, and puts a handler of its own back, which needs a
// terminal's main loop. It asks the C library by this name; the worker's handler stays.
extern "C" int sigaction(int number, const struct sigaction* wanted,
                         struct sigaction* before) noexcept {
  static const auto c_librarys =
      reinterpret_cast<int (*)(int, const struct sigaction*, struct sigaction*)>(
          dlsym(RTLD_NEXT, "sigaction"));
  const bool kept = number == SIGINT && !quern::interrupt::ours;
  return c_librarys(number, kept ? nullptr : wanted, before);
}
