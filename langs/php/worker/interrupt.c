// SPDX-License-Identifier: Apache-2.0
#include "interrupt.h"

#include <zend_exceptions.h>

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "children.h"

zend_class_entry* interrupted_class;

static volatile sig_atomic_t armed, pending;
static timer_t again;
static void (*others)(zend_execute_data*);  // pcntl's, for its handlers

static const long again_ns = 5 * 1000 * 1000;
static const int patience = 60;  // so many times a child may have not to hear the interrupt
static volatile sig_atomic_t times_again;

// No real-time signal that a program is likely to use itself.
static int again_signal(void) { return SIGRTMAX - 3; }

static void repeat(bool on) {
  struct itimerspec times = {0};
  if (on) {
    times.it_value.tv_nsec = times.it_interval.tv_nsec = again_ns;
  }
  timer_settime(again, 0, &times, NULL);
}

static void on_interrupt(int number) {
  (void)number;
  if (armed) {
    times_again = pending ? times_again : 0;
    pending = 1;
    zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
    repeat(true);
  }
}

// It breaks off a system call by coming at all.
static void on_again(int number) {
  (void)number;
  if (!pending) {
    return;
  }
  int error = errno;
  zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
  if (++times_again == patience) {
    children_end();
  }
  errno = error;
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};  // no SA_RESTART: a wait is to end
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  sigprocmask(SIG_UNBLOCK, &one, NULL);
}

static void throw_if_pending(void) {
  if (pending && !EG(exception) && interrupt_take()) {
    zend_throw_exception(interrupted_class, "interrupted", 0);
  }
}

static void between_instructions(zend_execute_data* execute_data) {
  throw_if_pending();
  if (others && !EG(exception)) {
    others(execute_data);
  }
}

static void call_built_in(zend_execute_data* execute_data, zval* result) {
  execute_internal(execute_data, result);
  if (UNEXPECTED(pending)) {
    throw_if_pending();
  }
}

void interrupts_declare(void) {
  zend_class_entry entry;
  INIT_NS_CLASS_ENTRY(entry, "Quern", "Interrupted", NULL);
  // An Error, so that a loop which tries again on every Exception is ended too.
  interrupted_class = zend_register_internal_class_ex(&entry, zend_ce_error);
}

void interrupts_install(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = again_signal()};
  handle(again_signal(), on_again);
  timer_create(CLOCK_MONOTONIC, &event, &again);
  handle(SIGINT, on_interrupt);
  others = zend_interrupt_function;
  zend_interrupt_function = between_instructions;
  zend_execute_internal = call_built_in;
}

void interrupts_arm(void) {
  children_note();
  pending = 0;
  armed = 1;
  handle(SIGINT, on_interrupt);
}

void interrupts_disarm(void) {
  armed = 0;
  interrupt_take();
  handle(SIGINT, on_interrupt);
}

bool interrupt_pending(void) { return pending; }

bool interrupt_take(void) {
  if (!pending) {
    return false;
  }
  pending = 0;
  repeat(false);
  return true;
}
