// SPDX-License-Identifier: Apache-2.0
// The daemon's duties as parent of whoever has lost theirs: every orphan below it becomes its
// child.
//
// A process that ends must be waited for, else it stays as a zombie: a Child does so for its own
// root, this for all others. On each SIGCHLD it asks the kernel who is dead without taking the
// status; the owner of a root is told and takes it itself, an orphan is reaped here. So no status
// is ever stolen, and no dead root that nobody has asked about yet hides the dead behind it.
//
// One in the daemon, made before the first launch and destroyed after the last Child. The
// constructor makes the process a subreaper (prctl) and catches SIGCHLD; run() is one coroutine for
// its whole life.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <unordered_map>

namespace quern {

class Reaper {
 public:
  explicit Reaper(boost::asio::any_io_executor executor);  // throws system_error
  ~Reaper() = default;
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  // `ended` is called when the process is dead and unreaped; it must reap and disown it.
  void own(pid_t pid, std::function<void()> ended);
  void disown(pid_t pid);
  bool owns(pid_t pid) const { return owned_.contains(pid); }

  // Whether the daemon has a child that is no one's root. Quick, and true when it cannot be told
  // quickly.
  bool may_have_orphans() const;

  void collect();  // whoever is dead at this moment; run() does so at every SIGCHLD

  boost::asio::awaitable<void> run();  // until cancelled

  // Kills everything below the daemon, roots of trees too, and reaps the orphans. For the daemon's
  // end, when trees have been stopped: what is left are those whose tree nobody could prove. True
  // when nobody is left. Runs to its end even when the caller is cancelled.
  boost::asio::awaitable<bool> end_all(std::chrono::milliseconds bound = std::chrono::seconds(5));

 private:
  boost::asio::signal_set child_ended_;
  std::unordered_map<pid_t, std::function<void()>> owned_;
};

}  // namespace quern
