// SPDX-License-Identifier: Apache-2.0
#include "ending.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr int most_looks =
    32;  // for newcomers in one round; those who come later meet the next round

// A group gets a signal all at once, even one that forks as fast as it can. Nobody else can be in
// it: a group is within a session, and every session of a tree was begun in it. Only the daemon's
// own is spared, where a process without a session of its own would be.
void signal_groups(const std::vector<ProcessStat>& processes, int number) {
  std::set<pid_t> done;
  for (const ProcessStat& process : processes) {
    if (process.group == ::getpgrp() || process.group <= 1)
      signal_process(process, number);
    else if (done.insert(process.group).second)
      ::kill(-process.group, number);
  }
}

std::vector<ProcessStat> freeze_and_kill(const Listing& listing) {
  std::vector<ProcessStat> left = listing();
  std::set<std::pair<pid_t, std::uint64_t>> frozen;
  for (int look = 0; look < most_looks; ++look) {
    bool newcomers = false;
    for (const ProcessStat& process : left)
      newcomers |= frozen.emplace(process.pid, process.started).second;
    if (!newcomers) break;
    signal_groups(left, SIGSTOP);
    left = listing();
  }
  signal_groups(left, SIGKILL);
  return left;
}

void await_end_blocking(const ProcessStat& process, Clock::time_point deadline) {
  const UniqueFd pidfd = open_process(process);
  if (!pidfd) return;
  pollfd ready{pidfd.get(), POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
}

}  // namespace

bool signal_process(const ProcessStat& process, int number) {
  const UniqueFd pidfd = open_process(process);
  return pidfd && ::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) == 0;
}

asio::awaitable<bool> await_end(ProcessStat process, Clock::time_point deadline) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  UniqueFd pidfd = open_process(process);
  if (!pidfd) co_return true;
  asio::posix::stream_descriptor ended(executor);
  ended.assign(pidfd.get());
  pidfd.release();
  asio::steady_timer timer(executor, deadline);
  const auto first =
      co_await (ended.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable) ||
                timer.async_wait(asio::use_awaitable));
  co_return first.index() == 0;
}

asio::awaitable<bool> end_processes(Listing listing, std::chrono::milliseconds bound) {
  const auto deadline = Clock::now() + bound;
  do {
    const std::vector<ProcessStat> killed = freeze_and_kill(listing);
    if (killed.empty()) co_return true;
    for (const ProcessStat& process : killed) co_await await_end(process, deadline);
  } while (Clock::now() < deadline);
  co_return listing().empty();
}

bool end_processes_blocking(const Listing& listing, std::chrono::milliseconds bound) {
  const auto deadline = Clock::now() + bound;
  do {
    const std::vector<ProcessStat> killed = freeze_and_kill(listing);
    if (killed.empty()) return true;
    for (const ProcessStat& process : killed) await_end_blocking(process, deadline);
  } while (Clock::now() < deadline);
  return listing().empty();
}

}  // namespace quern
