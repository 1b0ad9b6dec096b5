// SPDX-License-Identifier: Apache-2.0
#include "guard.hpp"

#include "failure.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio_ext.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace quern {
namespace {

constexpr long tick =
    1'000'000;  // nanoseconds: between two looks whether the library has been left
constexpr int patience =
    200;  // ticks: a thread that is longer in the library waits for something there
// For one that writes and writes, or to a pipe that nobody empties.
constexpr int writing_ticks = 20;
constexpr std::size_t stack = 1 << 17;  // bytes for handlers, the user's own among them

Guard* the_guard = nullptr;

const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};

void die_of(int number) {
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(number);
}

// A jump out of a stream's function leaves the stream locked, by this thread or, between two
// instructions, by nobody, and whoever comes next would wait for it for ever. The layout is glibc's
// own, the same for decades.
void unlock(FILE* stream) {
#ifdef __GLIBC__
  struct Lock {
    int word;
    int count;
    void* owner;
  };
  auto* lock = static_cast<Lock*>(stream->_lock);
  if (lock && (!lock->owner || lock->owner == reinterpret_cast<void*>(pthread_self()))) {
    lock->count = 0;
    lock->owner = nullptr;
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_SEQ_CST) > 1) {
      syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
  }
#else
  (void)stream;
#endif
}

}  // namespace

Guard::Guard() : stack_(stack) {
  the_guard = this;
  settle();
}

void Guard::settle() {
  home_ = getpid();
  thread_ = gettid();
  stack_t alternative{};
  alternative.ss_sp = stack_.data();
  alternative.ss_size = stack_.size();
  sigaltstack(&alternative, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGINT;
  event._sigev_un._tid = thread_;
  timer_create(CLOCK_MONOTONIC, &event, &timer_);
  begin();
  end();
}

bool Guard::at_home() const { return getpid() == home_ && gettid() == thread_; }

void Guard::begin() {
  struct sigaction action{};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int number : crashes) {
    sigaction(number, &action, nullptr);
  }
  action.sa_flags |= SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  interrupted_ = 0;
  tries_ = 0;
  forced_ = false;
  phase_ = Phase::compiling;
}

Ending Guard::run(const std::function<void()>& code) {
  Ending ending;
  if (sigsetjmp(back_, 1) == 0) {
    phase_ = Phase::linking;
    try {
      code();
      has_ended();
    } catch (const std::exception& error) {
      has_ended();
      ending = thrown(&error);
    } catch (...) {
      has_ended();
      ending = thrown(nullptr);
    }
    return ending;
  }
  tidy_streams(forced_);
  // What the snippet has started since the interrupt came has not heard of it.
  if (kind_ == Ending::Kind::interrupted && tries_ > 0 && getpgrp() == home_) {
    kill(0, SIGINT);
  }
  if (kind_ == Ending::Kind::crashed) {
    return crashed(code_, address_);
  }
  ending.kind = kind_;
  ending.code = code_;
  return ending;
}

void Guard::has_ended() {
  phase_ = Phase::compiling;
  barrier_.open();
}

void Guard::jump(Ending::Kind kind, int code) {
  has_ended();
  kind_ = kind;
  code_ = code;
  siglongjmp(back_, 1);
}

void Guard::leave(int status) {
  Guard* guard = the_guard;
  if (guard && guard->has_begun() && guard->at_home()) {
    guard->jump(Ending::Kind::exited, status & 0xff);
  }
  std::exit(status);
}

void Guard::code_begins() {
  if (the_guard->phase_ == Phase::linking && the_guard->at_home()) {
    the_guard->phase_ = Phase::running;
    give_way();
  }
}

void Guard::give_way() {
  Guard* guard = the_guard;
  if (guard->interrupted_ && guard->phase_ == Phase::running && guard->at_home()) {
    guard->jump(Ending::Kind::interrupted, SIGINT);
  }
}

void Guard::on_signal(int number, siginfo_t* info, void* context) {
  int error = errno;
  if (number == SIGINT) {
    the_guard->on_interrupt(context);
  } else {
    the_guard->on_crash(number, info, context);
  }
  errno = error;
}

void Guard::on_crash(int number, const siginfo_t* info, const void* context) {
  if (number == SIGSEGV && barrier_.stopped(info, counter_of(context))) {
    on_barrier();
    return;
  }
  if (has_begun() && at_home()) {
    bool has_address = info->si_code > 0 && (number == SIGSEGV || number == SIGBUS);
    address_ = has_address ? info->si_addr : nullptr;
    jump(Ending::Kind::crashed, number);
  }
  die_of(number);
}

void Guard::on_barrier() {
  if (getpid() != home_) {
    barrier_.open();
    die_of(SIGINT);  // a child of the snippet's, forked on the way to the barrier
  } else if (gettid() != thread_) {
    sched_yield();  // comes here again, until the snippet has ended
  } else {
    give_way();
    barrier_.open();
  }
}

// A handler of the snippet's own would see the fault, and a thread that blocks it would die of it.
bool Guard::can_be_stopped(const void* context) const {
  struct sigaction action{};
  sigaction(SIGSEGV, nullptr, &action);
  return action.sa_sigaction == on_signal &&
         sigismember(&static_cast<const ucontext_t*>(context)->uc_sigmask, SIGSEGV) == 0;
}

void Guard::on_interrupt(const void* context) {
  if (getpid() != home_) {
    die_of(SIGINT);  // a child of the snippet's
    return;
  }
  if (gettid() != thread_) {
    syscall(SYS_tgkill, home_, thread_, SIGINT);
    return;
  }
  if (phase_ == Phase::idle) {
    return;
  }
  interrupted_ = 1;
  if (phase_ != Phase::running) {
    if (watched_ > 0) {
      kill(watched_, SIGKILL);
    }
    return;
  }
  Place place = places_.of(context);
  if (place == Place::user || place == Place::waiting) {
    jump(Ending::Kind::interrupted, SIGINT);
  }
  tries_ = tries_ + 1;
  if (tries_ > (place == Place::writing ? writing_ticks : patience)) {
    forced_ = place == Place::writing;
    jump(Ending::Kind::interrupted, SIGINT);
  }
  if (can_be_stopped(context)) {
    barrier_.close();
  }
  try_again_soon();
}

void Guard::end() {
  itimerspec never{};
  timer_settime(timer_, 0, &never, nullptr);
  phase_ = Phase::idle;
}

void Guard::try_again_soon() {
  itimerspec soon{};
  soon.it_value.tv_nsec = tick;
  timer_settime(timer_, 0, &soon, nullptr);
}

void Guard::tidy_streams(bool written_in_part) {
  for (FILE* stream : {stdin, stdout, stderr}) {
    unlock(stream);
  }
  if (written_in_part) {
    __fpurge(stdout);  // nobody knows how much of it is out
  }
}

}  // namespace quern
