// SPDX-License-Identifier: Apache-2.0
#include "supervisor.hpp"

#include "run_limits.hpp"

#include <algorithm>
#include <csignal>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// After this the program is taken not to have ended by its interrupt; then after twice as long, and
// so on: a program on a busy machine may take its time to hear.
constexpr milliseconds goes_on{50};
constexpr milliseconds longest_pause{200};
constexpr milliseconds last_moment{500};
// How often memory, processes and processor time are looked at: a program that allocates 1 GB/s
// gets 10 MB further.
constexpr milliseconds sampling{10};

template <typename Amount>
Amount beyond(Amount now, Amount before) {
  return now > before ? now - before : Amount{0};
}

}  // namespace

Supervisor::Supervisor(TaskGroup& tasks, Reach reach)
    : tasks_(tasks), reach_(std::move(reach)), hurry_(tasks.executor()) {}

void Supervisor::end(const EndRequest& request) {
  auto kill_at = Clock::now() + request.grace;
  if (ended_) {
    kill_at_ = std::min(kill_at_, kill_at);
    at_once_ |= request.grace.count() <= 0;
    hurry_.notify();
    return;
  }
  ended_ = request;
  kill_at_ = kill_at;
  if (request.grace.count() <= 0) {
    reach_.kill(request.cause);
  } else {
    reach_.interrupt(request.first);
    tasks_.spawn(escalate());
  }
}

std::optional<EndRequest> Supervisor::reason(std::optional<int> signal) const {
  if (ended_ || !signal) return ended_;
  if (signals_.contains(*signal))
    return EndRequest{EndReason::killed, "It died of a signal that a client sent.",
                      milliseconds{0}};
  if (*signal != SIGKILL || killed_by_kernel() == 0) return std::nullopt;
  return EndRequest{
      EndReason::memory,
      "The kernel killed it, for the memory of its control group was used up" + of_limit() + ".",
      milliseconds{0}};
}

std::string Supervisor::told_of_kernel(const Finished& finished) const {
  if (ended_ || finished.status == FinishedStatus::ok || finished.status == FinishedStatus::memory)
    return {};
  const std::uint64_t killed = killed_by_kernel();
  if (killed == 0) return {};
  return " Meanwhile the kernel killed " +
         (killed == 1 ? std::string("a process") : std::to_string(killed) + " processes") +
         " here, for the memory of the control group was used up" + of_limit() + ".";
}

std::uint64_t Supervisor::killed_by_kernel() const {
  const std::uint64_t now = reach_.kernel ? reach_.kernel->count() : 0;
  return beyond(now, oom_before_);
}

std::string Supervisor::of_limit() const {
  const auto limit = reach_.kernel->limit();
  return limit ? ", " + std::to_string(*limit) + " bytes (memory, by cgroup)"
               : " (memory, by cgroup)";
}

asio::awaitable<void> Supervisor::escalate() {
  co_await again_and_again([this] { reach_.insist(); });
  if (!at_once_ && reach_.kill_below && reach_.kill_below()) {
    kill_at_ = Clock::now() + last_moment;
    co_await again_and_again([this] {
      reach_.kill_below();  // it may have begun another
      reach_.insist();
    });
  }
  reach_.kill(ended_->cause);
}

// Until it is to be killed.
asio::awaitable<void> Supervisor::again_and_again(std::function<void()> insist) {
  for (auto pause = goes_on; Clock::now() < kill_at_; pause = std::min(2 * pause, longest_pause)) {
    const auto insist_at = Clock::now() + pause;
    while (Clock::now() < std::min(insist_at, kill_at_)) {
      co_await hurry_.wait_until(std::min(insist_at, kill_at_));
    }
    if (Clock::now() < kill_at_) insist();
  }
}

void Supervisor::start_limits(const RunLimits& limits, const TreeUsage& before) {
  limits_ = limits;
  before_ = before;
  if (reach_.kernel) oom_before_ = reach_.kernel->count();
  if (limits.wall) tasks_.spawn(watch_wall(*limits.wall));
  if (sampled(limits)) tasks_.spawn(watch_usage());
}

asio::awaitable<void> Supervisor::watch_wall(milliseconds wall) {
  auto at = Clock::now() + wall;
  while (Clock::now() < at) co_await hurry_.wait_until(at);
  end({EndReason::timeout,
       "It ran longer than its limit of " + std::to_string(wall.count()) +
           " ms (wall_ms, a timer).",
       default_grace});
}

asio::awaitable<void> Supervisor::watch_usage() {
  while (check_usage()) co_await hurry_.wait_until(Clock::now() + sampling);
}

// False when there is nothing more to watch for.
bool Supervisor::check_usage() {
  std::optional<EndRequest> over = exceeded(used());
  // A sum over processes that fork meanwhile may count some twice. So what kills is measured again;
  // to stop them for that would be seen by those who wait for them.
  if (over && over->grace.count() == 0) over = exceeded(used());
  if (!over) return true;
  end(*over);
  if (over->reason == EndReason::timeout) limits_.cpu.reset();
  return over->reason == EndReason::timeout && (limits_.memory || limits_.processes);
}

TreeUsage Supervisor::used() {
  std::uint64_t near = ~std::uint64_t{0};
  if (limits_.memory) near = before_.memory + std::min(*limits_.memory, near - before_.memory);
  const TreeUsage now = reach_.usage(near);
  return {beyond(now.memory, before_.memory), beyond(now.cpu, before_.cpu),
          beyond(now.processes, before_.processes)};
}

std::optional<EndRequest> Supervisor::exceeded(const TreeUsage& used) const {
  const auto number = [](std::uint64_t amount) { return std::to_string(amount); };
  const auto since = [](std::uint64_t before) { return before ? " more than at its start" : ""; };
  if (limits_.memory && used.memory > *limits_.memory) {
    return EndRequest{EndReason::memory,
                      "It used " + number(used.memory) + " bytes of memory" +
                          since(before_.memory) + ", over its limit of " + number(*limits_.memory) +
                          " (memory, by sampling).",
                      milliseconds{0}};
  }
  if (limits_.processes && used.processes > *limits_.processes) {
    return EndRequest{EndReason::processes,
                      "It had " + number(used.processes) + " processes" + since(before_.processes) +
                          ", over its limit of " + number(*limits_.processes) +
                          " (processes, by sampling).",
                      milliseconds{0}};
  }
  if (limits_.cpu && used.cpu > *limits_.cpu) {
    return EndRequest{EndReason::timeout,
                      "It used more processor time than its limit of " +
                          std::to_string(limits_.cpu->count()) + " ms (cpu_ms, by sampling).",
                      default_grace};
  }
  return std::nullopt;
}

void Supervisor::count_output(std::uint64_t bytes) {
  output_ += bytes;
  if (!limits_.output || output_ <= *limits_.output) return;
  end({EndReason::output_limit,
       "It wrote more than its limit of " + std::to_string(*limits_.output) +
           " bytes (output, counted).",
       default_grace});
  limits_.output.reset();
}

}  // namespace quern
