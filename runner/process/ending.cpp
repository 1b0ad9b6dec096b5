// SPDX-License-Identifier: Apache-2.0
#include "ending.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace quern {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// In one round for newcomers, and for those who have not stopped yet, which on a busy machine takes
// until they are scheduled. Who comes later meets the next round.
constexpr int most_looks = 32;
constexpr int most_waits = 8;

// A group gets a signal all at once, even one that forks as fast as it can. Nobody else can be in
// it: a group is within a session, and every session of a tree was begun in it. Only the daemon's
// own is spared, where a process without a session of its own would be. Then everyone gets it by
// himself, for he may have left his group since he was listed.
void signal_all(const std::vector<ProcessStat>& processes, int number) {
  std::set<pid_t> groups;
  for (const ProcessStat& process : processes)
    if (process.group != ::getpgrp() && process.group > 1 && groups.insert(process.group).second)
      ::kill(-process.group, number);
  for (const ProcessStat& process : processes) signal_process(process, number);
}

// Stopped, or waiting (D) for a child of its vfork() that is, or for a disk; from there it goes on
// to its stop.
bool cannot_fork(const ProcessStat& process) {
  return process.dead() || process.state == 'T' || process.state == 't' || process.state == 'D';
}

// Until everyone is seen stopped and nobody is new: who is new, has another group, or was woken (by
// the kernel too, when his group is orphaned) is stopped once more.
std::vector<ProcessStat> freeze(const Listing& listing) {
  std::vector<ProcessStat> left = listing();
  std::set<std::tuple<pid_t, std::uint64_t, pid_t>> known;
  int waits = 0;
  for (int look = 0; look < most_looks && !left.empty(); ++look) {
    bool news = false;
    for (const ProcessStat& process : left)
      news |= known.emplace(process.pid, process.started, process.group).second;
    const bool frozen = std::all_of(left.begin(), left.end(), cannot_fork);
    if (!news && (frozen || ++waits > most_waits)) break;
    signal_all(left, SIGSTOP);
    if (!news) ::sched_yield();
    left = listing();
  }
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

std::vector<ProcessStat> kill_all(const Listing& listing) {
  std::vector<ProcessStat> left = freeze(listing);
  signal_all(left, SIGKILL);
  return left;
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
    const std::vector<ProcessStat> killed = kill_all(listing);
    if (killed.empty()) co_return true;
    for (const ProcessStat& process : killed) co_await await_end(process, deadline);
  } while (Clock::now() < deadline);
  co_return listing().empty();
}

bool end_processes_blocking(const Listing& listing, std::chrono::milliseconds bound) {
  const auto deadline = Clock::now() + bound;
  do {
    const std::vector<ProcessStat> killed = kill_all(listing);
    if (killed.empty()) return true;
    for (const ProcessStat& process : killed) await_end_blocking(process, deadline);
  } while (Clock::now() < deadline);
  return listing().empty();
}

}  // namespace quern
