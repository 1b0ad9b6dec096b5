// SPDX-License-Identifier: Apache-2.0
// The launcher of the tests: its children are scripts, no process is ever started.
//
//   launcher.script({exits(2).after_writing(1, "boom\n"), never_ends()});
//
// The first launch plays the first script, and so on; a launch without a script is an error of the
// test (logic_error). What a child writes goes into the descriptors of its Command, at launch, so
// it must fit into the pipe; they are kept open, as by a program, until the child ends. Commands
// and signals are recorded. Must outlive its children.
#pragma once

#include "launcher.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace quern {

// What a child will do: a value.
struct ChildScript {
  std::vector<std::pair<int, std::string>> writes;  // {descriptor in the child, bytes}, at launch
  std::optional<ExitStatus> end;       // at once; else when a signal or the test ends it
  std::optional<LaunchError> failure;  // instead of a child
  std::set<int> ignored;               // signals that do not end it
  bool forks = false;                  // somebody is new each time that it is signalled again
  std::uint64_t refused = 0;           // processes, by the kernel
  TreeUsage usage{.memory = 1 << 20, .cpu = {}, .processes = 1};

  ChildScript after_writing(int descriptor, std::string bytes) &&;
  ChildScript ignoring(int signal) &&;
  ChildScript using_up(TreeUsage usage) &&;
};

ChildScript exits(int code);
ChildScript dies_by(int signal);
ChildScript never_ends();
ChildScript fails(std::string step, int number, std::string what);

class ScriptedChild;

class ScriptedLauncher final : public Launcher {
 public:
  struct Sent {
    pid_t pid = 0;
    int number = 0;
    friend bool operator==(const Sent&, const Sent&) = default;
  };

  explicit ScriptedLauncher(boost::asio::any_io_executor executor)
      : executor_(std::move(executor)) {}

  void script(std::initializer_list<ChildScript> children);

  boost::system::result<std::unique_ptr<Child>, LaunchError> launch(
      const Command& command) override;
  boost::system::result<std::unique_ptr<Child>, LaunchError> adopt(
      pid_t pid, std::string marker = {}) override;

  std::vector<Command> commands;            // of every launch, failed ones too
  std::vector<std::pair<int, int>> spared;  // what a root is to hear in another's place
  std::vector<Sent> signals;  // in order; a stop() sends TERM (with a grace), then KILL if it must
  int again = 0;              // how often a child was to be signalled again
  struct Bound {
    pid_t pid = 0;
    int resource = 0;
    std::optional<std::uint64_t> most;
    friend bool operator==(const Bound&, const Bound&) = default;
  };
  std::vector<Bound> bounds;  // those of bound_root()
  std::vector<pid_t> adopted;

  std::size_t launches() const { return commands.size(); }
  std::size_t unplayed() const { return scripts_.size(); }

  // For children that never end by themselves. logic_error if there is none with this pid. The
  // first launch's pid is first_pid, the next one's one more.
  static constexpr pid_t first_pid = 1'000'001;  // above every real one
  void end(pid_t pid, ExitStatus status);
  void write(pid_t pid, int descriptor, std::string_view bytes);
  void use(pid_t pid, TreeUsage usage);

 private:
  friend class ScriptedChild;
  ScriptedChild& living(pid_t pid);
  boost::system::result<std::unique_ptr<Child>, LaunchError> play(pid_t pid,
                                                                  const Command& command);

  boost::asio::any_io_executor executor_;
  std::deque<ChildScript> scripts_;
  std::vector<ScriptedChild*> children_;
  pid_t next_pid_ = first_pid;
};

}  // namespace quern
