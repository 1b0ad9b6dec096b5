// SPDX-License-Identifier: Apache-2.0
// Asks for a run whose program reads its stdin, in any mode: what stands before the cursor is the
// question, and all of it has been told as output before.
//
// Owned by an execution, whose tasks it uses. Never: writes input, or closes a question that the
// language itself has asked.
#pragma once

#include "last_line.hpp"
#include "run.hpp"
#include "stdin_watch.hpp"
#include "task_group.hpp"

#include <functional>
#include <optional>
#include <string>

namespace quern {

class ReadAsking {
 public:
  // What a daemon has for it; of all runs.
  struct Eyes {
    const WaitSource* source = nullptr;  // nullptr: nobody sees who waits here
    // Once in a run whose program cannot be watched, with why.
    std::function<void(const std::string& run, const std::string& why)> blind = {};
  };
  // Hands on all output that is in the pipes; false when something is on its way that comes first.
  using Settle = std::function<bool()>;

  ReadAsking(Run& run, TaskGroup& tasks, const Eyes& eyes);

  void watch(const Child& child, const InputPipe& input, Settle settle);
  void wrote(const Blob& bytes);
  void given();               // input, or its end
  void asked_otherwise();     // by the language itself
  void answered_otherwise();  // what it has asked
  void finish();              // what the program does is of no interest any more

 private:
  void waits();
  void left();

  Run& run_;
  TaskGroup& tasks_;
  const Eyes& eyes_;
  Settle settle_;
  LastLine last_line_;  // of both streams
  bool otherwise_ = false;
  bool ours_ = false;  // the question that is open
  std::optional<StdinWatch> watch_;
};

}  // namespace quern
