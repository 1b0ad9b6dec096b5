// SPDX-License-Identifier: Apache-2.0
#include "system_child.hpp"

#include "ending.hpp"
#include "reaper.hpp"
#include "shielded.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>
#include <string>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// After SIGKILL a process ends as soon as the kernel has torn it down: milliseconds, for a big one
// a second. What takes longer hangs in the kernel, and waiting for it would hang the daemon.
constexpr std::chrono::milliseconds kernel_bound{5000};
constexpr std::chrono::milliseconds blocking_bound{2000};

std::chrono::microseconds to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ExitStatus to_status(const siginfo_t& info, const rusage& used) {
  ExitStatus status;
  if (info.si_code == CLD_EXITED)
    status.code = info.si_status;
  else
    status.signal = info.si_status;
  status.cpu = to_duration(used.ru_utime) + to_duration(used.ru_stime);
  status.max_rss = static_cast<std::uint64_t>(used.ru_maxrss) << 10;
  return status;
}

}  // namespace

SystemChild::SystemChild(asio::any_io_executor executor, Reaper& reaper, pid_t pid, UniqueFd pidfd,
                         std::string marker, Cgroups* cgroups, std::unique_ptr<Cgroup> group)
    : pid_(pid),
      reaper_(reaper),
      pidfd_(std::move(executor)),
      tree_(pid, std::move(marker), reaper),
      cgroups_(cgroups),
      group_(std::move(group)) {
  pidfd_.assign(pidfd.get());
  pidfd.release();
  if (clockid_t clock{}; ::clock_getcpuclockid(pid_, &clock) == 0) clock_ = clock;
  reaper_.own(pid_, [this] { reap(); });
}

SystemChild::~SystemChild() {
  if (let_go_) return;
  end_processes_blocking([this] { return tree_.living(); }, blocking_bound);
  reap();
  // Only one that hangs in the kernel is still there: when it ends, it is the reaper's like any
  // orphan.
  reaper_.disown(pid_);
  reaper_.collect();
}

// The raw call: the C library's has no place for the resources used.
void SystemChild::reap() {
  if (status_ || let_go_) return;
  siginfo_t info{};
  rusage used{};
  if (::syscall(SYS_waitid, P_PIDFD, pidfd_.native_handle(), &info, WEXITED | WNOHANG, &used) != 0)
    return;
  if (info.si_pid == 0) return;
  status_ = to_status(info, used);
  tree_.root_reaped();
  reaper_.disown(pid_);
}

asio::awaitable<ExitStatus> SystemChild::wait() {
  for (reap(); !status_; reap())
    co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  co_return *status_;
}

bool SystemChild::ended() const {
  if (status_) return true;
  siginfo_t info{};
  const int answer =
      ::waitid(P_PIDFD, static_cast<id_t>(const_cast<SystemChild*>(this)->pidfd_.native_handle()),
               &info, WEXITED | WNOHANG | WNOWAIT);
  return answer != 0 || info.si_pid != 0;
}

bool SystemChild::signal(int number) {
  if (let_go_) return false;
  if (number == SIGKILL) return !kill_all([this] { return tree_.living(); }).empty();
  std::map<pid_t, Signalled> before;
  if (number == SIGINT)
    for (const ProcessStat& process : tree_.living())
      before[process.pid] = {process.started, image_of(process.pid)};
  const bool root_lives = !ended();
  const int to_root = number_for_root(number);
  const bool whole_group = root_lives && to_root == number;
  // The root first, lest it go on when others end; its number is ours while it is unreaped.
  if (root_lives) ::kill(whole_group ? -pid_ : pid_, to_root);
  const std::vector<ProcessStat> living = tree_.living();
  for (const ProcessStat& process : living) {
    const bool was_reached = whole_group ? process.group == pid_ : process.pid == pid_;
    if (!root_lives || !was_reached) signal_process(process, number);
  }
  if (number == SIGINT) {
    // Who was born meanwhile has no image of before: he counts as changed.
    for (const ProcessStat& process : living) before.try_emplace(process.pid, process.started, "");
    signalled_ = std::move(before);
  }
  return root_lives || !living.empty();
}

int SystemChild::number_for_root(int number) const {
  if (!spared_ || spared_->number != number || ended()) return number;
  if (!catches(pid_, spared_->instead)) return number;
  const ProcessTable below = read_processes_below({pid_});
  const bool alone = below.vanished == 0 && below.processes.size() == 1;
  const bool sleeps_alone = alone && below.processes.front().state == 'S';
  return sleeps_alone ? number : spared_->instead;
}

bool SystemChild::signal_again(int number) {
  if (let_go_) return false;
  const std::vector<ProcessStat> living = tree_.living();
  const auto is_new = [&](const ProcessStat& process) {
    const auto then = signalled_.find(process.pid);
    return then == signalled_.end() || then->second.started != process.started;
  };
  // A shell whose command did not die of its interrupt goes on to the next: then to all.
  if (std::any_of(living.begin(), living.end(), is_new)) return signal(number);
  for (const ProcessStat& process : living) {
    const auto then = signalled_.find(process.pid);
    std::string image = image_of(process.pid);
    if (then->second.image == image) continue;
    then->second.image = std::move(image);
    signal_process(process, number);
  }
  return false;
}

void SystemChild::signal_root(int number) {
  if (!let_go_ && !ended()) ::kill(pid_, number);  // the number is ours while it is unreaped
}

bool SystemChild::kill_below_root() {
  bool anybody = false;
  if (let_go_) return anybody;
  for (const ProcessStat& process : tree_.living())
    if (process.pid != pid_) anybody |= signal_process(process, SIGKILL);
  return anybody;
}

std::vector<pid_t> SystemChild::members() const {
  std::vector<pid_t> pids;
  if (let_go_) return pids;
  for (const ProcessStat& process : tree_.living()) pids.push_back(process.pid);
  return pids;
}

std::vector<pid_t> SystemChild::members_at_a_glance() const {
  std::vector<pid_t> pids;
  if (let_go_) return pids;
  for (const ProcessStat& process : tree_.glance()) pids.push_back(process.pid);
  return pids;
}

TreeUsage SystemChild::usage(std::uint64_t near) const {
  TreeUsage usage;
  if (!let_go_) usage = tree_.usage(near);
  if (status_) usage.cpu += status_->cpu;
  return usage;
}

std::chrono::microseconds SystemChild::root_cpu() const {
  timespec used{};
  // Its number is its own until it was reaped.
  if (status_ || let_go_ || !clock_ || ::clock_gettime(*clock_, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::microseconds(used.tv_nsec / 1000);
}

RootMemory SystemChild::root_memory() const {
  RootMemory memory;
  if (ended()) return memory;  // the number may be another's
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    const auto kilobytes = [&] { return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024; };
    if (line.starts_with("VmHWM:")) memory.most = kilobytes();
    if (line.starts_with("VmRSS:")) memory.now = kilobytes();
  }
  return memory;
}

int SystemChild::bound_root(int resource, std::optional<std::uint64_t> most) {
  const auto ours = unbound_.find(resource);
  if ((!most && ours == unbound_.end()) || ended()) return 0;
  const auto which = static_cast<__rlimit_resource>(resource);
  rlimit bound{};
  if (::prlimit(pid_, which, nullptr, &bound) != 0) return errno;
  const rlim_t before = ours == unbound_.end() ? bound.rlim_cur : ours->second;
  bound.rlim_cur = std::min<rlim_t>(most.value_or(before), bound.rlim_max);
  if (::prlimit(pid_, which, &bound, nullptr) != 0) return errno;
  if (most)
    unbound_.emplace(resource, before);
  else
    unbound_.erase(ours);
  return 0;
}

bool SystemChild::join_group() {
  if (group_ || cgroups_ == nullptr) return group_ != nullptr;
  std::unique_ptr<Cgroup> group = cgroups_->make();
  if (!group) return false;
  // A child born outside while its parent is taken is taken at the next look.
  constexpr int most_looks = 8;
  std::set<pid_t> taken;
  bool more = true;
  for (int look = 0; more && look < most_looks; ++look) {
    more = false;
    for (const pid_t pid : members())
      if (taken.insert(pid).second) more |= group->take(pid);
  }
  if (group->processes() == 0) return false;
  group_ = std::move(group);
  return true;
}

bool SystemChild::bound_processes(std::optional<std::uint64_t> more) {
  if (let_go_ || ended()) return false;
  if (!more) return group_ && group_->bound(std::nullopt);
  return join_group() && group_->bound(group_->processes() + *more);
}

std::uint64_t SystemChild::refused_processes() const { return group_ ? group_->refused() : 0; }

void SystemChild::disown() {
  reap();
  let_go_ = true;
  reaper_.disown(pid_);
}

asio::awaitable<void> SystemChild::stop(std::chrono::milliseconds grace) {
  return shielded(end(grace));
}

asio::awaitable<void> SystemChild::end(std::chrono::milliseconds grace) {
  if (let_go_) co_return;
  if (grace.count() > 0 && signal(SIGTERM)) {
    signal(SIGCONT);  // who is stopped would not hear it
    co_await everyone_gone(Clock::now() + grace);
  }
  co_await end_processes([this] { return tree_.living(); }, kernel_bound);
  reap();
  reaper_.collect();
}

asio::awaitable<void> SystemChild::everyone_gone(Clock::time_point deadline) {
  for (;;) {
    const std::vector<ProcessStat> living = tree_.living();
    if (living.empty() || Clock::now() >= deadline) co_return;
    for (const ProcessStat& process : living) co_await await_end(process, deadline);
  }
}

}  // namespace quern
