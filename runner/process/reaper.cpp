// SPDX-License-Identifier: Apache-2.0
#include "reaper.hpp"

#include "ending.hpp"
#include "shielded.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_set>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

// Everything below this process that lives. By pid a child may come before its parent, so it is
// gone through until nothing is added.
std::vector<ProcessStat> descendants() {
  const ProcessTable table = read_process_table();
  std::unordered_set<pid_t> below{::getpid()};
  for (std::size_t before = 0; before != below.size();) {
    before = below.size();
    for (const ProcessStat& process : table.processes)
      if (below.contains(process.parent)) below.insert(process.pid);
  }
  std::vector<ProcessStat> living;
  for (const ProcessStat& process : table.processes)
    if (process.pid != ::getpid() && !process.dead() && below.contains(process.pid))
      living.push_back(process);
  return living;
}

}  // namespace

Reaper::Reaper(asio::any_io_executor executor) : child_ended_(executor, SIGCHLD) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot become a subreaper");
}

void Reaper::own(pid_t pid, std::function<void()> ended) {
  owned_.insert_or_assign(pid, std::move(ended));
}

void Reaper::disown(pid_t pid) { owned_.erase(pid); }

bool Reaper::may_have_orphans() const {
  siginfo_t info{};
  const int answer = ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
  if (answer != 0 && errno == ECHILD) return false;  // no child at all
  const auto children = read_own_children();
  if (!children) return true;
  return !std::all_of(children->begin(), children->end(), [this](pid_t pid) { return owns(pid); });
}

void Reaper::collect() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    const pid_t pid = info.si_pid;
    const auto owner = owned_.find(pid);
    if (owner == owned_.end()) {
      ::waitpid(pid, nullptr, WNOHANG);
      continue;
    }
    const std::function<void()> ended =
        owner->second;  // it disowns, which destroys the one in the map
    ended();
    if (owns(pid)) return;  // else this would go on for ever
  }
}

asio::awaitable<void> Reaper::run() {
  for (;;) {
    collect();
    co_await child_ended_.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<bool> Reaper::end_all(std::chrono::milliseconds bound) {
  const bool all = co_await shielded(end_processes(descendants, bound));
  collect();
  co_return all;
}

}  // namespace quern
