// SPDX-License-Identifier: Apache-2.0
// The door to the operating system's processes: a Command goes in, a Child comes out.
//
// Modes and contexts know these two classes only; tests script them with children that never were.
#pragma once

#include "command.hpp"
#include "exit_status.hpp"
#include "unique_fd.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace quern {

// What a whole tree of processes uses at this moment.
struct TreeUsage {
  std::uint64_t memory = 0;  // resident bytes, shared pages counted once where that matters
  std::chrono::microseconds cpu{0};
  std::uint64_t processes =
      0;  // that live; each of their threads counts, as it does for the kernel
};

// Of one process: its resident bytes now, and the most they ever were.
struct RootMemory {
  std::uint64_t now = 0;
  std::uint64_t most = 0;
};

// A running child and everything it has started.
//
// Owned by whoever launched it; neither copied nor moved, so that no pid goes stale in two places.
// The child leads its own session. When a Child is destroyed, every process that is provably of its
// tree has been killed and its root reaped. Never: reads output, knows requests or languages, logs.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  virtual ~Child() = default;

  virtual pid_t pid() const = 0;  // of the root, as long as it lives; then what it was

  // The root's end; returns at once when it has ended. Others of the tree may live on.
  virtual boost::asio::awaitable<ExitStatus> wait() = 0;
  virtual bool ended() const = 0;

  // To every process of the tree; before KILL all are stopped, lest one escape by forking. False
  // when none is left.
  virtual bool signal(int number) = 0;
  // Once more, to those who were between their fork and their exec when it came: there a shell's
  // child still has the shell's handlers, and may lose it. To everybody, and then true, where
  // somebody is new since.
  virtual bool signal_again(int number) = 0;
  // To the root alone, while it lives.
  virtual void signal_root(int number) { (void)number; }
  // Of signal() and signal_again() the root hears `instead` in the place of `number` from now on,
  // while it has a handler for that; unless it sleeps alone, without a child.
  virtual void spare_root(int number, int instead) { (void)number, (void)instead; }

  // KILL to everyone but the root. False when there was nobody.
  virtual bool kill_below_root() { return false; }

  // The processes of the tree that live, the root first. Cheap when the root has ended and left
  // none.
  virtual std::vector<pid_t> members() const = 0;
  // The same at a quick look, for whoever looks often; it may miss the newest.
  virtual std::vector<pid_t> members_at_a_glance() const { return members(); }

  // TERM (INT has been tried by then), the grace, KILL, until no process of the tree is left. A
  // grace of zero kills at once. The one place where this sequence is written. Once awaited it runs
  // to its end, even when the caller is cancelled meanwhile. Who has been cancelled before cannot
  // await anything: it says co_await this_coro::throw_if_cancelled(false) first, or leaves it to
  // the destructor, which kills.
  virtual boost::asio::awaitable<void> stop(std::chrono::milliseconds grace) = 0;

  // What still lives of the tree is nobody's from now on: it is not ended with this Child, only at
  // the daemon's own end.
  virtual void disown() = 0;

  // Above `near` bytes of memory, pages that several processes share are counted once: exact, and
  // dearer the more memory there is. Below, each process's resident pages are added up: quick.
  virtual TreeUsage usage(std::uint64_t near = ~std::uint64_t{0}) const = 0;

  // Of the root alone and quick: for the many short stretches of work of a long-lived worker.
  virtual std::chrono::microseconds root_cpu() const { return usage().cpu; }
  virtual RootMemory root_memory() const { return {usage().memory, usage().memory}; }

  // Soft bound of a resource (RLIMIT_…) for the root, and by inheritance for whatever it starts
  // from now on; nothing: what it was before. The hard one stays, for without privileges it could
  // never be raised again. An errno when the system does not let us, else 0.
  virtual int bound_root(int resource, std::optional<std::uint64_t> most) = 0;

  // Has the kernel refuse the tree more than so many processes beyond those it has; nothing: no
  // bound any more. False where the kernel cannot, and watching usage() is all there is.
  virtual bool bound_processes(std::optional<std::uint64_t> more) = 0;
  virtual std::uint64_t refused_processes() const = 0;  // how often it did, ever

  // Whoever holds this pipe or terminal open is of the tree too (the daemon aside): for output ends
  // that the child got after its launch. Those in its Command are known. `descriptor` is the
  // daemon's.
  virtual void hold(int descriptor) = 0;
};

// Which step of a launch failed, and errno there: "check command", "find program", "fork", "watch";
// in the child "descriptors", "session", "terminal", "user", "limits", "enter directory", "exec";
// "adopt".
struct LaunchError {
  std::string step;
  int number = 0;
  std::string what;  // a sentence: cannot start `gcc`: No such file or directory (exec)
};
[[noreturn]] inline void throw_exception_from_error(const LaunchError& error,
                                                    const boost::source_location&) {
  throw std::logic_error(error.what);
}

class Launcher {
 public:
  Launcher() = default;
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  virtual ~Launcher() = default;

  virtual boost::system::result<std::unique_ptr<Child>, LaunchError> launch(const Command&) = 0;

  // A process that somebody else started in our name (a fork of a warm interpreter) and that the
  // kernel has given to us as its nearest subreaper; it leads its own session. It must be waiting
  // for a word from us: of one that has ended already, the status is gone. `marker` is the value of
  // _RUN_TREE that it was given for the programs it starts.
  virtual boost::system::result<std::unique_ptr<Child>, LaunchError> adopt(
      pid_t pid, std::string marker = {}) = 0;

  // A pipe or terminal that a child will get by another way than its Command: makes it belong to
  // the user that programs run as, who can then open it by its name in /proc or /dev.
  virtual void give(int descriptor) { (void)descriptor; }
};

}  // namespace quern
