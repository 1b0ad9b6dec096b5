// SPDX-License-Identifier: Apache-2.0
// Brings a program to its end when somebody or some limit wants it: once, with one reason.
//
// Lives as long as the execution that it watches over; its timers are tasks of that execution's
// group. The first reason stands; a later request can only make the end come sooner. The sequence
// is: INT at once; while the program goes on, after 50 ms and then ever less often, what else may
// help (a newline for a reader that started its read again); KILL to the whole tree after the
// grace, but before that, for who has more to lose than the run, KILL to everyone below him and a
// last moment. Never: decides what a run's status is.
#pragma once

#include "event.hpp"
#include "execution.hpp"
#include "launcher.hpp"
#include "notifier.hpp"
#include "oom_kills.hpp"
#include "request.hpp"
#include "task_group.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>

namespace quern {

class Supervisor {
 public:
  // How to reach the program at this moment; each may find nothing there.
  struct Reach {
    std::function<void(int signal)> interrupt;
    std::function<void(const std::string& cause)> kill;
    std::function<void()> insist;  // it goes on after its interrupt
    std::function<TreeUsage(std::uint64_t near)> usage;
    const OomKills* kernel = nullptr;  // who else kills; without it nobody is known to
    // Whom it may wait for; false when there was nobody. Without it nothing would be kept by that.
    std::function<bool()> kill_below = nullptr;
  };

  Supervisor(TaskGroup& tasks, Reach reach);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void end(const EndRequest& request);
  const std::optional<EndRequest>& ended() const { return ended_; }
  // A client sent this signal to the program: dying of it is no crash.
  void note_signal(int number) { signals_.insert(number); }
  // Why it ended, when it died of `signal`.
  std::optional<EndRequest> reason(std::optional<int> signal) const;
  // What is added to the cause of one that failed by itself while the kernel killed somebody for
  // want of memory; it may have been one of its own.
  std::string told_of_kernel(const Finished& finished) const;

  // From now on. What was used before does not count; output is counted by whoever sees it.
  void start_limits(const RunLimits& limits, const TreeUsage& before);
  void count_output(std::uint64_t bytes);
  // At a quick look: pages that several processes share count for each.
  TreeUsage taken() const { return reach_.usage(~std::uint64_t{0}); }

 private:
  boost::asio::awaitable<void> escalate();
  boost::asio::awaitable<void> again_and_again(std::function<void()> insist);
  boost::asio::awaitable<void> watch_wall(milliseconds wall);
  boost::asio::awaitable<void> watch_usage();
  bool check_usage();
  TreeUsage used();  // since the start
  std::optional<EndRequest> exceeded(const TreeUsage& used) const;
  std::uint64_t killed_by_kernel() const;  // since the start
  std::string of_limit() const;

  TaskGroup& tasks_;
  Reach reach_;
  Notifier hurry_;
  RunLimits limits_;
  TreeUsage before_;
  std::uint64_t output_ = 0;
  std::uint64_t oom_before_ = ~std::uint64_t{0};  // before its start nobody counts
  std::optional<EndRequest> ended_;
  std::set<int> signals_;
  std::chrono::steady_clock::time_point kill_at_{};
  bool at_once_ = false;  // somebody gives no grace any more
};

}  // namespace quern
