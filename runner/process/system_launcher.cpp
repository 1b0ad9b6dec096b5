// SPDX-License-Identifier: Apache-2.0
#include "system_launcher.hpp"

#include "exec_plan.hpp"
#include "find_program.hpp"
#include "reaper.hpp"
#include "rights.hpp"
#include "system_child.hpp"
#include "vfork_launcher.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

namespace quern {
namespace {

namespace process = boost::process::v2;

constexpr int oom_score_step = 500;  // of 1000: half of all memory more than it has
constexpr int oom_score_most = 1000;

// Empty where it is not to be had.
std::string childrens_oom_score_adj() {
  std::ifstream file("/proc/self/oom_score_adj");
  int ours = 0;
  if (!(file >> ours)) return {};
  return std::to_string(std::min(ours + oom_score_step, oom_score_most));
}

std::string random_prefix() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    throw std::system_error(errno, std::generic_category(), "getrandom");
  return std::to_string(number) + "-";
}

// Blocks every signal, so that none of the daemon's handlers runs in a child that shares its pipes.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// Boost's hook in the child. It never comes back, so nothing of what Boost does behind it happens.
struct BecomeProgram {
  const ExecPlan& plan;

  template <typename Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const process::filesystem::path&,
                                          const char* const*&) const {
    plan.become_program();
  }
};

LaunchError failure(const Command& command, std::string step, int number) {
  const std::string reason = std::generic_category().message(number);
  std::string what = "cannot start `" + command.argv.front() + "`: " + reason + " (" + step + ")";
  return {std::move(step), number, std::move(what)};
}

void end_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

UniqueFd open_pidfd(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// The pid, or errno of the fork.
boost::system::result<pid_t> fork_into(const ExecPlan& plan, boost::asio::io_context& forks) {
  const SignalsBlocked blocked;
  const pid_t daemon = ::getpid();
  VforkLauncher launcher;
  const std::vector<std::string> no_arguments;  // the plan has them
  boost::system::error_code error;
  try {
    auto started =
        launcher(forks.get_executor(), error, "program", no_arguments, BecomeProgram{plan});
    if (error) return error;
    (void)started.detach();  // else its destructor would kill and wait
    return launcher.pid;
  } catch (const boost::system::system_error& thrown) {
    // Passed on from the child, it would make a second daemon of it.
    if (::getpid() != daemon) plan.fail(ExecStep::fork, thrown.code().value());
    if (launcher.pid > 0) end_and_reap(launcher.pid);
    // Boost takes the descriptor that it could not open for one.
    const int number = thrown.code().value() == EBADF ? EMFILE : thrown.code().value();
    return boost::system::error_code(number, boost::system::system_category());
  } catch (...) {
    if (::getpid() != daemon) plan.fail(ExecStep::fork, ENOMEM);
    if (launcher.pid > 0) end_and_reap(launcher.pid);
    throw;
  }
}

// As its user would find it: a directory of PATH that he cannot enter is none for him.
boost::system::result<std::string, LaunchError> find_as(const std::optional<Account>& user,
                                                        const Command& command) {
  const Rights rights(user);
  return find_program(command);
}

}  // namespace

SystemLauncher::SystemLauncher(boost::asio::any_io_executor executor, Reaper& reaper,
                               Cgroups* cgroups, std::optional<Account> user)
    : executor_(std::move(executor)),
      reaper_(reaper),
      cgroups_(cgroups),
      user_(std::move(user)),
      forks_(1),
      dev_null_(::open("/dev/null", O_RDWR | O_CLOEXEC)),
      oom_score_adj_(childrens_oom_score_adj()),
      marker_prefix_(random_prefix()) {
  if (!dev_null_) throw std::system_error(errno, std::generic_category(), "cannot open /dev/null");
}

std::string SystemLauncher::next_marker() { return marker_prefix_ + std::to_string(++launched_); }

std::unique_ptr<Cgroup> SystemLauncher::group_for(const Command& command) {
  if (!command.processes || cgroups_ == nullptr) return nullptr;
  std::unique_ptr<Cgroup> group = cgroups_->make();
  if (group && !group->bound(command.processes)) group.reset();
  return group;
}

boost::system::result<std::unique_ptr<Child>, LaunchError> SystemLauncher::launch(
    const Command& command) {
  auto program = find_as(user_, command);
  if (!program) return program.error();

  const int first_free = ExecPlan::first_free(command);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure(command, "fork", errno);
  const UniqueFd report(ends[0]);
  UniqueFd report_to(ends[1]);
  // Above all the numbers that the child is given, so that none of them takes its place.
  report_to.reset(::fcntl(ends[1], F_DUPFD_CLOEXEC, first_free));
  const UniqueFd dev_null(::fcntl(dev_null_.get(), F_DUPFD_CLOEXEC, first_free));
  if (!report_to || !dev_null) return failure(command, "fork", errno);

  for (const Command::Descriptor& one : command.descriptors) give(one.ours);
  const std::string marker = next_marker();
  const std::string marker_entry = std::string(Tree::marker_name) + "=" + marker;
  std::unique_ptr<Cgroup> group = group_for(command);
  ExecPlan plan(command, std::move(*program), marker_entry, oom_score_adj_, user_, report_to.get(),
                dev_null.get());
  if (group) plan.join(group->members_fd());
  const auto pid = fork_into(plan, forks_);
  if (!pid) return failure(command, "fork", pid.error().value());
  report_to.reset();

  ExecFailure failed{};
  ssize_t got = 0;
  do {
    got = ::read(report.get(), &failed, sizeof failed);  // ends at exec, which closes the other end
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof failed)) {
    end_and_reap(*pid);
    return explain(failed, command);
  }
  UniqueFd pidfd = open_pidfd(*pid);
  if (!pidfd) {
    const int number = errno;
    end_and_reap(*pid);
    return failure(command, "watch", number);
  }
  auto child = std::make_unique<SystemChild>(executor_, reaper_, *pid, std::move(pidfd), marker,
                                             cgroups_, std::move(group));
  for (const Command::Descriptor& one : command.descriptors) child->hold(one.ours);
  return std::unique_ptr<Child>(std::move(child));
}

boost::system::result<std::unique_ptr<Child>, LaunchError> SystemLauncher::adopt(
    pid_t pid, std::string marker) {
  const auto refused = [&](int number, const std::string& reason) {
    return LaunchError{"adopt", number,
                       "cannot adopt process " + std::to_string(pid) + ": " + reason};
  };
  siginfo_t info{};
  if (pid <= 1 || ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
    return refused(ECHILD, "it is not a child of this one, or has ended");
  if (reaper_.owns(pid)) return refused(EEXIST, "it has an owner");
  if (::getsid(pid) != pid) return refused(EPERM, "it does not lead its session");
  UniqueFd pidfd = open_pidfd(pid);
  if (!pidfd) return refused(errno, std::generic_category().message(errno));
  return std::unique_ptr<Child>(std::make_unique<SystemChild>(
      executor_, reaper_, pid, std::move(pidfd), std::move(marker), cgroups_));
}

// A pipe is its maker's, and a program that opens /dev/stderr opens it anew, by its owner's rights.
// Where it stays the daemon's, only such programs notice.
void SystemLauncher::give(int descriptor) {
  struct stat info{};
  if (!user_ || ::fstat(descriptor, &info) != 0) return;
  if (S_ISFIFO(info.st_mode) || ::isatty(descriptor))
    (void)::fchown(descriptor, user_->uid, user_->gid);
}

}  // namespace quern
