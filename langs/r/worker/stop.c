// SPDX-License-Identifier: Apache-2.0
#include "stop.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "evaluate.h"
#include "frame.h"
#include "r.h"

static pthread_t main_thread;
static volatile sig_atomic_t running;
static volatile sig_atomic_t heard;  // an interrupt of this run
static bool allowed_now;
static bool has_quit;
static int quit_status;

// The library of linear algebra starts threads when it is loaded. R's own handlers jump, which is
// the end of the process if such a thread gets the signal; so these threads are born with all
// signals blocked.
static void block_signals(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}
__attribute__((section(".preinit_array"),
               used)) static void (*const before_libraries)(void) = block_signals;

static void unblock_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void note_interrupt(int signal) {
  // A thread of a package's may have got it; what waits is R's own.
  if (!pthread_equal(pthread_self(), main_thread)) {
    pthread_kill(main_thread, signal);
    return;
  }
  // SIGURG, which follows each SIGINT, is one of its own only where that one did not arrive.
  if (!running || (signal == SIGURG && heard)) return;
  heard = 1;
  R_interrupts_pending = 1;
}

static void ignore(int signal) { (void)signal; }

static void take(int signal, void (*handler)(int)) {
  // Without SA_RESTART, so that a read that waits comes back.
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

void stop_before_start(void) {
  R_SignalHandlers = 0;
  main_thread = pthread_self();
  take(SIGINT, note_interrupt);
  // The daemon sends it behind each SIGINT: R takes that one for itself within a system() that has
  // a timeout.
  take(SIGURG, note_interrupt);
  take(SIGPIPE, ignore);  // handled rather than ignored, for a child inherits what is ignored
  unblock_signals();
}

static void clean_up(SA_TYPE save, int status, int run_last) {
  if (!frame_is_home() || save == SA_SUICIDE) {
    fflush(NULL);
    _exit(status);
  }
  if (!allowed_now) stop_worker(status);
  if (save == SA_SAVE) R_SaveGlobalEnv();
  if (run_last) evaluate_own("last_words", R_NilValue);
  has_quit = true;
  quit_status = status;
  jump_to_toplevel();
}

void stop_install(void) { ptr_R_CleanUp = clean_up; }

void stop_begin(void) {
  has_quit = false;
  R_interrupts_pending = heard = 0;
  take(SIGINT, note_interrupt);  // Sys.sleep() puts the handler back with SA_RESTART
  running = 1;
}

void stop_end(void) {
  running = 0;
  R_interrupts_pending = 0;
}

bool stop_wait_readable(int fd) {
  // The signals are let in only within the wait, so that none comes between the look and the wait.
  sigset_t ours;
  sigset_t before;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGURG);
  sigprocmask(SIG_BLOCK, &ours, &before);
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  bool interrupted = R_interrupts_pending != 0;
  while (!interrupted && ppoll(&wait, 1, NULL, &before) < 0)
    interrupted = R_interrupts_pending != 0;
  sigprocmask(SIG_SETMASK, &before, NULL);
  return !interrupted;
}

void stop_check(void) {
  if (!pthread_equal(pthread_self(), main_thread)) return;
  if (R_interrupts_pending && !R_interrupts_suspended) R_CheckUserInterrupt();
}

void stop_allow(bool allowed) {
  allowed_now = allowed;
  R_interrupts_suspended = allowed ? FALSE : TRUE;
  if (allowed) stop_check();
}

bool stop_has_quit(int* status) {
  if (has_quit) *status = quit_status;
  return has_quit;
}

static void finalize(void* unused) {
  (void)unused;
  R_RunExitFinalizers();
}

static volatile sig_atomic_t end_status;
static void leave(int signal) {
  (void)signal;
  _exit(end_status);
}

_Noreturn void stop_worker(int status) {
  if (frame_is_home()) {
    end_status = status & 0xff;
    take(SIGALRM, leave);
    alarm(1);  // nobody waits longer for exit hooks
    allowed_now = false;
    evaluate_own("last_words", R_NilValue);
    R_ToplevelExec(finalize, NULL);
    R_CleanTempDir();
  }
  fflush(NULL);
  _exit(status & 0xff);
}
