// SPDX-License-Identifier: Apache-2.0
// The launcher of the real world: forks through Boost.Process and executes the Command.
//
// One in the daemon. launch() returns when the program runs (or cannot), so that a failure says its
// step. Boost's launcher brings fork, its notifications and the wait for exec; everything between
// fork and exec is ours (exec_plan.hpp), for what Boost 1.81 does there leaks descriptors, runs the
// daemon's own exit handlers in the child, and leaves a zombie when exec fails. It works on an
// io_context of its own that holds nothing: each fork tells its io_context to register everything
// anew in the child.
//
// A child gets no descriptor but those of its Command, default signal dispositions save those
// that it is told to ignore, an empty signal mask, a session of its own, the daemon's umask, and an
// oom_score_adj raised by 500, so that the kernel ends programs before the daemon. Where that file
// cannot be written the child runs without. With a user
// named, it is that user before it enters its directory, and can never be another.
#pragma once

#include "account.hpp"
#include "launcher.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <optional>

namespace quern {

class Cgroup;
class Cgroups;
class Reaper;

class SystemLauncher final : public Launcher {
 public:
  // The executor is the children's: their ends are awaited there. The Reaper and the groups must
  // outlive the launcher and its children; without groups the kernel bounds no tree's processes,
  // without a user children are what the daemon is.
  SystemLauncher(boost::asio::any_io_executor executor, Reaper& reaper, Cgroups* cgroups = nullptr,
                 std::optional<Account> user = std::nullopt);

  boost::system::result<std::unique_ptr<Child>, LaunchError> launch(
      const Command& command) override;
  boost::system::result<std::unique_ptr<Child>, LaunchError> adopt(
      pid_t pid, std::string marker = {}) override;
  void give(int descriptor) override;

 private:
  std::string next_marker();
  std::unique_ptr<Cgroup> group_for(const Command& command);

  boost::asio::any_io_executor executor_;
  Reaper& reaper_;
  Cgroups* const cgroups_;
  const std::optional<Account> user_;
  boost::asio::io_context forks_;  // never run, always empty
  UniqueFd dev_null_;
  const std::string oom_score_adj_;  // the children's
  const std::string marker_prefix_;  // this life of the daemon
  std::uint64_t launched_ = 0;
};

}  // namespace quern
