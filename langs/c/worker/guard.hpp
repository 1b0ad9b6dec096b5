// SPDX-License-Identifier: Apache-2.0
//
// Runs a snippet's code in this very process and comes back from it, however it ends.
//
// A snippet may return, throw, call exit, crash, or be interrupted: each is an Ending. What it
// leaves by is a jump, as with exit no destructor runs. An interrupt that comes within a library
// waits for the library's end, at a barrier before the snippet's code, so that neither the heap nor
// a stream is left half changed; only who stays there for long is left there. One that comes while
// the snippet is compiled or linked waits for its code; one between snippets does nothing. Only the
// thread that made the guard can be brought back: a crash of another one ends the process, truly.
//
// One for each process, for a signal handler has no argument but the signal. Made by main before
// any user code, it lives as long as the process. Never writes anywhere, and knows nothing of the
// compiler.
#pragma once

#include "barrier.hpp"
#include "place.hpp"

#include <csetjmp>
#include <csignal>
#include <ctime>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace quern {

struct Ending {
  enum class Kind { returned, exited, interrupted, crashed, thrown };
  Kind kind = Kind::returned;
  int code = 0;      // exited: the status; crashed: the signal
  std::string name;  // crashed, thrown: what to call it
  std::string message;
};

class Guard {
 public:
  Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // This process and thread are the ones to come back to: for a worker that was forked from a
  // template.
  void settle();

  // A snippet begins: takes the signals back from handlers of the one before, and minds interrupts
  // from here on.
  void begin();
  // True when an interrupt came since begin(); run() then ends at once.
  bool interrupted() const { return interrupted_; }
  // A process whose end ends the wait for it: what an interrupt kills while the snippet is being
  // compiled.
  void watch(pid_t child) { watched_ = child; }
  // What it calls prepares first, and says when the snippet's own code begins.
  Ending run(const std::function<void()>& code);
  // The snippet is over: interrupts do nothing.
  void end();

  // True in the process and thread that made the guard.
  bool at_home() const;
  // The code of snippets, which is to be noted there.
  Barrier& barrier() { return barrier_; }
  // Within run(): what comes now is the snippet's own code.
  static void code_begins();
  // Ends the snippet here when an interrupt has come that waits for a good moment.
  static void give_way();
  // What `exit` does in a snippet.
  [[noreturn]] static void leave(int status);

 private:
  // linking: within run(), and the snippet's code has not begun.
  enum class Phase { idle, compiling, linking, running };

  static void on_signal(int number, siginfo_t* info, void* context);
  void on_interrupt(const void* context);
  void on_crash(int number, const siginfo_t* info, const void* context);
  void on_barrier();
  bool can_be_stopped(const void* context) const;
  bool has_begun() const { return phase_ == Phase::linking || phase_ == Phase::running; }
  void has_ended();
  [[noreturn]] void jump(Ending::Kind kind, int code);
  void try_again_soon();
  void tidy_streams(bool written_in_part);

  pid_t home_ = 0;
  pid_t thread_ = 0;
  Places places_;
  Barrier barrier_;
  std::vector<char> stack_;  // for handlers: an endless recursion has none left
  timer_t timer_;
  sigjmp_buf back_;
  volatile sig_atomic_t interrupted_ = 0;
  volatile sig_atomic_t tries_ = 0;
  volatile pid_t watched_ = 0;
  Phase volatile phase_ = Phase::idle;
  Ending::Kind volatile kind_ = Ending::Kind::returned;
  int volatile code_ = 0;
  bool volatile forced_ = false;
  void* volatile address_ = nullptr;
};

}  // namespace quern
