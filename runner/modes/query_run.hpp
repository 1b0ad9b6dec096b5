// SPDX-License-Identifier: Apache-2.0
// One query while it has its context's interpreter: what the worker says becomes the run's events.
//
// Lives in the frame of Query::execute. Gives the interpreter back with nothing of this run in it:
// unread input is discarded, an open prompt closed. When the interpreter is lost, the run ends with
// it, at once.
#pragma once

#include "contexts.hpp"
#include "execution.hpp"
#include "lasting.hpp"
#include "read_asking.hpp"
#include "supervisor.hpp"

#include <memory>
#include <optional>

namespace quern {

class QueryRun final : public Execution, private Lasting::One {
 public:
  // What is the same for all.
  struct Surroundings {
    Contexts& contexts;
    const RunLimits& defaults;
    const ReadAsking::Eyes& eyes;
    Lasting& lasting;
    const OomKills* kernel = nullptr;
  };
  QueryRun(const Surroundings& around, TaskGroup& tasks, std::shared_ptr<Run> run,
           std::shared_ptr<Context> context);
  ~QueryRun() override;

  // Its turn on the context and its place among all runs, until it has finished.
  struct Passes {
    Turnstile::Pass turn;
    Turnstile::Pass slot;
  };
  boost::asio::awaitable<void> carry_out(Passes passes);

  void end(const EndRequest& request) override;
  bool signal(int number) override;
  void input(std::string bytes) override;
  void input_eof() override;
  std::size_t unread_input() const override;
  void wrote(const Blob& bytes) override;
  std::optional<TreeUsage> taken() override;

 private:
  void lasts() override;
  Supervisor::Reach reach();
  void interrupt(int signal);
  void insist();
  void urge();
  boost::asio::awaitable<bool> start();
  RunLimits limits() const;
  bool bound_files();
  void start_limits(const RunLimits& limits);
  boost::asio::awaitable<void> await_ready();
  void ask_worker();
  void heard(const WorkerFrame& frame);
  void lost(const Loss& loss);
  void conclude_done(const WorkerFrame& done);
  void conclude_lost(const Loss& loss);
  void fail_to_start(const Error& error);
  void finish(Finished finished);
  Usage usage() const;

  const Surroundings around_;
  TaskGroup& tasks_;
  std::shared_ptr<Run> run_;
  std::shared_ptr<Context> context_;
  Supervisor supervisor_;
  ReadAsking asking_;
  Notifier ended_;
  std::optional<Passes> passes_;
  std::optional<ErrorRaised> error_;
  std::optional<Result<void>> ready_;
  std::chrono::steady_clock::time_point started_at_{};
  bool spoken_ = false;  // the snippet has shown that it runs
  bool begun_ = false;   // and had surely begun when it was interrupted
  std::chrono::microseconds cpu_before_{0};
  std::uint64_t refused_before_ = 0;
};

}  // namespace quern
