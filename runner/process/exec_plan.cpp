// SPDX-License-Identifier: Apache-2.0
#include "exec_plan.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace quern {
namespace {

constexpr int all_standard = 3;  // descriptors 0, 1 and 2 always exist

// Kernels before 5.11, and sandboxes that know no close_range.
void close_at_exec_one_by_one() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t most = std::min<rlim_t>(files.rlim_cur, 1 << 16);
  for (int fd = all_standard; static_cast<rlim_t>(fd) < most; ++fd)
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& one : strings)
    result.push_back(const_cast<char*>(one.c_str()));  // execve's type
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> entries(const Command& command, const std::string& marker_entry) {
  const std::string_view marker_name =
      std::string_view(marker_entry).substr(0, marker_entry.find('='));
  std::vector<std::string> result{marker_entry};
  for (const auto& [name, value] : command.env)
    if (name != marker_name) result.push_back(name + "=" + value);
  return result;
}

}  // namespace

LaunchError explain(const ExecFailure& failure, const Command& command) {
  const char* step = "";
  switch (failure.step) {
    case ExecStep::fork: step = "fork"; break;
    case ExecStep::descriptors: step = "descriptors"; break;
    case ExecStep::session: step = "session"; break;
    case ExecStep::terminal: step = "terminal"; break;
    case ExecStep::user: step = "user"; break;
    case ExecStep::limits: step = "limits"; break;
    case ExecStep::enter_directory: step = "enter directory"; break;
    case ExecStep::exec: step = "exec"; break;
  }
  const std::string reason = std::generic_category().message(failure.number);
  if (failure.step == ExecStep::enter_directory)
    return {step, failure.number, "cannot enter `" + command.cwd + "`: " + reason};
  return {step, failure.number,
          "cannot start `" + command.argv.front() + "`: " + reason + " (" + step + ")"};
}

ExecPlan::ExecPlan(const Command& command, std::string program, const std::string& marker_entry,
                   const std::string& oom_score_adj, const std::optional<Account>& user,
                   int report_to, int dev_null)
    : command_(command),
      program_(std::move(program)),
      oom_score_adj_(oom_score_adj),
      user_(user),
      report_to_(report_to),
      dev_null_(dev_null),
      first_free_(first_free(command)),
      environment_(entries(command, marker_entry)),
      argv_(pointers(command.argv)),
      envp_(pointers(environment_)),
      moved_(command.descriptors.size(), -1) {}

int ExecPlan::first_free(const Command& command) {
  int first = all_standard;
  for (const Command::Descriptor& one : command.descriptors)
    first = std::max(first, one.in_child + 1);
  return first;
}

void ExecPlan::become_program() const {
  reset_signals();
  join_group();
  if (::setsid() < 0) fail(ExecStep::session, errno);
  take_descriptors();
  if (command_.terminal && ::ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0)
    fail(ExecStep::terminal, errno);
  raise_oom_score();
  become_user();
  die_with_the_daemon();  // another user's begins without this
  if (!command_.cwd.empty() && ::chdir(command_.cwd.c_str()) != 0)
    fail(ExecStep::enter_directory, errno);
  apply_limits();  // last: the steps before need what they may forbid
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(program_.c_str(), argv_.data(), envp_.data());
  fail(ExecStep::exec, errno);
}

void ExecPlan::fail(ExecStep step, int number) const {
  const ExecFailure failure{step, number};
  // Less than a pipe takes at once: it is written whole, or the daemon is gone and nobody asks.
  [[maybe_unused]] const ssize_t written = ::write(report_to_, &failure, sizeof failure);
  ::_exit(127);
}

// Who cannot join is not bounded by it; the daemon watches all the same.
void ExecPlan::join_group() const {
  if (group_ < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(group_, "0", 1);
}

// Exec makes handlers default by itself, but not what is ignored. All signals are blocked until
// here and through to exec, so that no handler of the daemon's runs in the child.
void ExecPlan::reset_signals() const {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number <= SIGRTMAX; ++number) ::sigaction(number, &standard, nullptr);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  for (const int number : command_.ignored) ::sigaction(number, &ignore, nullptr);
}

// First everything closes at exec; then each source is copied above the targets, lest one target be
// another's source; then copied to its target, where dup2 leaves it open.
void ExecPlan::take_descriptors() const {
  if (::syscall(SYS_close_range, all_standard, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    close_at_exec_one_by_one();
  for (std::size_t i = 0; i < moved_.size(); ++i) {
    moved_[i] = ::fcntl(command_.descriptors[i].ours, F_DUPFD_CLOEXEC, first_free_);
    if (moved_[i] < 0) fail(ExecStep::descriptors, errno);
  }
  for (int standard = 0; standard < all_standard; ++standard)
    if (::dup2(dev_null_, standard) < 0) fail(ExecStep::descriptors, errno);
  for (std::size_t i = 0; i < moved_.size(); ++i)
    if (::dup2(moved_[i], command_.descriptors[i].in_child) < 0) fail(ExecStep::descriptors, errno);
}

// Forbidden in some sandboxes, and no reason not to run the program.
void ExecPlan::raise_oom_score() const {
  if (oom_score_adj_.empty()) return;
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t written =
      ::write(fd, oom_score_adj_.data(), oom_score_adj_.size());
  ::close(fd);
}

// By raw calls: the C library's would tell threads that the child does not have. Between here and
// exec the child still holds the daemon's memory, which its new user must not get at. Programs that
// would make more of themselves (sudo) stay what they are.
void ExecPlan::become_user() const {
  if (!user_) return;
  const bool became = ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
                      ::syscall(SYS_setresgid, user_->gid, user_->gid, user_->gid) == 0 &&
                      ::syscall(SYS_setresuid, user_->uid, user_->uid, user_->uid) == 0 &&
                      ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!became) fail(ExecStep::user, errno);
}

// Where the daemon is killed, nobody else would end a program that computes for ever.
void ExecPlan::die_with_the_daemon() const { ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

void ExecPlan::apply_limits() const {
  for (const Command::Limit& limit : command_.limits) {
    const auto resource = static_cast<__rlimit_resource_t>(limit.resource);
    rlimit bound{};
    if (::getrlimit(resource, &bound) != 0) fail(ExecStep::limits, errno);
    bound.rlim_cur = bound.rlim_max = std::min<rlim_t>(limit.most, bound.rlim_max);
    if (::setrlimit(resource, &bound) != 0) fail(ExecStep::limits, errno);
  }
}

}  // namespace quern
