// SPDX-License-Identifier: Apache-2.0
// What a forked child does until it is the program: prepared before the fork, carried out after it.
//
// After the fork of a process with threads only system calls are allowed: no memory, no locks, no
// exceptions. So everything that allocates (the arrays for execve) happens in the
// constructor, and become_program() is a list of system calls. It never returns: either the program
// runs, or the step that failed and its errno go through a pipe and the child is gone by _exit(),
// without the daemon's exit handlers.
#pragma once

#include "account.hpp"
#include "command.hpp"
#include "launcher.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quern {

// Which step of the child's failed. What a failed child sends through its report pipe.
enum class ExecStep : int {
  fork,
  descriptors,
  session,
  terminal,
  user,
  limits,
  enter_directory,
  exec
};

struct ExecFailure {
  ExecStep step;
  int number;  // errno
};

LaunchError explain(const ExecFailure& failure, const Command& command);

class ExecPlan {
 public:
  // The command and the strings must outlive the plan. `report_to` and `dev_null` close at exec and
  // are above every number that the child is given.
  ExecPlan(const Command& command, std::string program, const std::string& marker_entry,
           const std::string& oom_score_adj, const std::optional<Account>& user, int report_to,
           int dev_null);

  // "0" goes to this descriptor: the way to join a group of the kernel's.
  void join(int group) { group_ = group; }

  [[noreturn]] void become_program() const;
  [[noreturn]] void fail(ExecStep step, int number) const;

  // The first number above those that the child is given and above 2.
  static int first_free(const Command& command);

 private:
  void join_group() const;
  void reset_signals() const;
  void take_descriptors() const;
  void raise_oom_score() const;
  void become_user() const;
  void die_with_the_daemon() const;
  void apply_limits() const;

  const Command& command_;
  const std::string program_;
  const std::string& oom_score_adj_;
  const std::optional<Account>& user_;
  const int report_to_;
  const int dev_null_;
  const int first_free_;
  int group_ = -1;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
  mutable std::vector<int> moved_;  // sources, out of the targets' way; sized before the fork
};

}  // namespace quern
