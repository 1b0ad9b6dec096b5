// SPDX-License-Identifier: Apache-2.0
// One batch run while it executes: its steps, the process of the step that runs, its input and
// output.
//
// Lives in the frame of Batch::execute. Reads as the specification of batch mode; see carry_out().
#pragma once

#include "adapter.hpp"
#include "batch.hpp"
#include "execution.hpp"
#include "input_pipe.hpp"
#include "kept_build.hpp"
#include "pump.hpp"
#include "supervisor.hpp"

#include <memory>
#include <optional>
#include <string>

namespace quern {

class BatchRun final : public Execution {
 public:
  BatchRun(const Batch::Parts& parts, TaskGroup& tasks, std::shared_ptr<Run> run, std::string cwd);
  ~BatchRun() override;

  boost::asio::awaitable<void> carry_out(Turnstile::Pass pass);

  void end(const EndRequest& request) override;
  bool signal(int number) override;
  void input(std::string bytes) override;
  void input_eof() override;
  std::size_t unread_input() const override;
  void wrote(const Blob& bytes) override;
  std::optional<TreeUsage> taken() override {
    return child_ ? std::optional(supervisor_.taken()) : std::nullopt;
  }

 private:
  // What is left of a step: how it ended, and its process and pipes, which may outlive it.
  struct Stage {
    ExitStatus exit;
    std::unique_ptr<Child> child;
    std::shared_ptr<Pump> out;
    std::shared_ptr<Pump> err;  // none when the streams are merged
    bool open() const { return !out->at_end() || (err && !err->at_end()); }
  };

  boost::asio::awaitable<bool> prepare();
  boost::asio::awaitable<std::optional<StepCommand>> command_of(StepKind kind, const Step& step);
  boost::asio::awaitable<std::optional<pid_t>> ask_builder(const StepCommand& command);
  boost::asio::awaitable<std::optional<Stage>> stage(Phase phase, Argv argv);
  void start_limits();
  std::optional<Stage> launch(Phase phase, const Argv& argv);
  void watch_input(const Stage& stage);
  std::shared_ptr<Pump> pump(Stream stream, UniqueFd end);
  boost::asio::awaitable<void> carry(std::shared_ptr<Pump> pump);
  void fail(std::string name, std::string message, std::optional<int> exit);
  void finish(Finished finished);
  boost::asio::awaitable<std::optional<ExitStatus>> side_step(Phase phase, const Step& step);
  boost::asio::awaitable<bool> clean_up();
  boost::asio::awaitable<void> end_stage(Stage& stage);
  boost::asio::awaitable<void> finish_exec(Stage stage);
  boost::asio::awaitable<void> stay_open(Stage& stage);

  const Batch::Parts& parts_;
  TaskGroup& tasks_;
  std::shared_ptr<Run> run_;
  std::string cwd_;
  const Manifest* manifest_;
  Supervisor supervisor_;
  InputPipe input_;
  std::optional<ReadAsking> asking_;  // of the program itself
  Notifier pumped_;                   // a pump has come to the end of its pipe
  Child* child_ = nullptr;
  std::optional<KeptBuild> kept_build_;  // what a builder was asked for
  std::optional<Turnstile::Pass> pass_;
  RunLimits limits_;
  bool limits_started_ = false;
  std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
  std::uint64_t refused_ = 0;  // processes, by the kernel
  Usage spent_;                // by the steps that have ended
};

}  // namespace quern
