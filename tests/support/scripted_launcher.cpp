// SPDX-License-Identifier: Apache-2.0
#include "scripted_launcher.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace quern {

namespace asio = boost::asio;

class ScriptedChild final : public Child {
 public:
  ScriptedChild(ScriptedLauncher& launcher, pid_t pid, ChildScript script, const Command& command)
      : launcher_(launcher),
        pid_(pid),
        script_(std::move(script)),
        ended_(launcher.executor_, asio::steady_timer::time_point::max()) {
    for (const Command::Descriptor& one : command.descriptors) {
      UniqueFd copy(::fcntl(one.ours, F_DUPFD_CLOEXEC, 3));
      if (!copy) throw std::logic_error("a command names a descriptor that is not open");
      descriptors_.emplace_back(one.in_child, std::move(copy));
    }
    launcher_.children_.push_back(this);
    for (const auto& [descriptor, bytes] : script_.writes) write(descriptor, bytes);
    if (script_.end) end(*script_.end);
  }
  ~ScriptedChild() override { std::erase(launcher_.children_, this); }
  ScriptedChild(const ScriptedChild&) = delete;
  ScriptedChild& operator=(const ScriptedChild&) = delete;

  pid_t pid() const override { return pid_; }
  bool ended() const override { return status_.has_value(); }

  asio::awaitable<ExitStatus> wait() override {
    while (!status_) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return *status_;
  }

  bool signal(int number) override {
    if (status_) return false;
    launcher_.signals.push_back({pid_, number});
    const bool deadly = number != 0 && number != SIGCONT && number != SIGSTOP && number != SIGCHLD;
    if (number == SIGKILL || (deadly && !script_.ignored.contains(number))) die(number);
    return true;
  }

  bool signal_again(int number) override {
    ++launcher_.again;
    return script_.forks && signal(number);
  }
  void signal_root(int number) override { signal(number); }
  void spare_root(int number, int instead) override {
    launcher_.spared.emplace_back(number, instead);
  }

  std::vector<pid_t> members() const override {
    return status_ ? std::vector<pid_t>{} : std::vector<pid_t>{pid_};
  }

  asio::awaitable<void> stop(std::chrono::milliseconds grace) override {
    if (grace.count() > 0) signal(SIGTERM);
    signal(SIGKILL);  // no time passes in a script: who ignores the first gets the last
    co_return;
  }

  int bound_root(int resource, std::optional<std::uint64_t> most) override {
    launcher_.bounds.push_back({pid_, resource, most});
    return 0;
  }

  bool bound_processes(std::optional<std::uint64_t>) override { return false; }
  std::uint64_t refused_processes() const override { return script_.refused; }

  void disown() override {}
  void hold(int) override {}

  TreeUsage usage(std::uint64_t) const override { return status_ ? TreeUsage{} : script_.usage; }
  void use(TreeUsage usage) { script_.usage = usage; }

  void end(ExitStatus status) {
    status_ = status;
    descriptors_.clear();
    ended_.cancel();
  }

  void write(int descriptor, std::string_view bytes) {
    const auto to = std::find_if(descriptors_.begin(), descriptors_.end(),
                                 [descriptor](const auto& one) { return one.first == descriptor; });
    if (to == descriptors_.end())
      throw std::logic_error("a script writes to a descriptor that its command lacks");
    const ssize_t put = ::write(to->second.get(), bytes.data(), bytes.size());
    if (put != static_cast<ssize_t>(bytes.size()))
      throw std::system_error(errno, std::generic_category(), "a script's write");
  }

 private:
  void die(int number) {
    ExitStatus status;
    status.signal = number;
    end(status);
  }

  ScriptedLauncher& launcher_;
  const pid_t pid_;
  ChildScript script_;
  std::vector<std::pair<int, UniqueFd>> descriptors_;
  std::optional<ExitStatus> status_;
  asio::steady_timer ended_;  // never fires: cancelled at the end
};

ChildScript ChildScript::after_writing(int descriptor, std::string bytes) && {
  writes.emplace_back(descriptor, std::move(bytes));
  return std::move(*this);
}

ChildScript ChildScript::ignoring(int signal) && {
  ignored.insert(signal);
  return std::move(*this);
}

ChildScript ChildScript::using_up(TreeUsage what) && {
  usage = what;
  return std::move(*this);
}

ChildScript exits(int code) {
  ChildScript script;
  script.end.emplace().code = code;
  return script;
}

ChildScript dies_by(int signal) {
  ChildScript script;
  script.end.emplace().signal = signal;
  return script;
}

ChildScript never_ends() { return {}; }

ChildScript fails(std::string step, int number, std::string what) {
  ChildScript script;
  script.failure = LaunchError{std::move(step), number, std::move(what)};
  return script;
}

void ScriptedLauncher::script(std::initializer_list<ChildScript> children) {
  scripts_.insert(scripts_.end(), children.begin(), children.end());
}

boost::system::result<std::unique_ptr<Child>, LaunchError> ScriptedLauncher::launch(
    const Command& command) {
  commands.push_back(command);
  return play(next_pid_++, command);
}

boost::system::result<std::unique_ptr<Child>, LaunchError> ScriptedLauncher::adopt(pid_t pid,
                                                                                   std::string) {
  adopted.push_back(pid);
  return play(pid, Command{});
}

boost::system::result<std::unique_ptr<Child>, LaunchError> ScriptedLauncher::play(
    pid_t pid, const Command& command) {
  if (scripts_.empty()) throw std::logic_error("a launch for which the test has no script");
  ChildScript script = std::move(scripts_.front());
  scripts_.pop_front();
  if (script.failure) return *script.failure;
  return std::unique_ptr<Child>(
      std::make_unique<ScriptedChild>(*this, pid, std::move(script), command));
}

ScriptedChild& ScriptedLauncher::living(pid_t pid) {
  const auto found = std::find_if(
      children_.begin(), children_.end(),
      [pid](const ScriptedChild* child) { return child->pid() == pid && !child->ended(); });
  if (found == children_.end()) throw std::logic_error("no scripted child with this pid lives");
  return **found;
}

void ScriptedLauncher::end(pid_t pid, ExitStatus status) { living(pid).end(status); }

void ScriptedLauncher::write(pid_t pid, int descriptor, std::string_view bytes) {
  living(pid).write(descriptor, bytes);
}

void ScriptedLauncher::use(pid_t pid, TreeUsage usage) { living(pid).use(usage); }

}  // namespace quern
