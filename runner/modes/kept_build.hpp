// SPDX-License-Identifier: Apache-2.0
// One build step put to a builder: a worker that has a compiler ready from builds before.
//
// It either does the whole step with nothing to say, or the step is carried out by its command as
// if nobody had been asked: then the builder is through with it or, when it took too long or the
// run is to end, dead. Lives in the frame of the run's coroutine. Never: decides who is asked,
// tells the run anything.
#pragma once

#include "stand_ins.hpp"
#include "worker_frame.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

namespace quern {

class KeptBuild final : public Interpreter::Listener {
 public:
  struct Order {
    std::string cwd;
    Argv argv;        // of the step's command
    Environment env;  // what the request itself sets
  };

  KeptBuild(StandIns::Hold hold, boost::asio::any_io_executor executor)
      : hold_(std::move(hold)), changed_(std::move(executor)) {}
  ~KeptBuild() override;

  // Whether it has built, with nothing to say.
  boost::asio::awaitable<bool> carry_out(const Order& order);
  void give_up();

  pid_t pid() const { return hold_.interpreter->child().pid(); }
  std::chrono::microseconds cpu() const { return cpu_; }  // that the builder has taken for it

  void heard_output(Stream, Blob) override { quiet_ = false; }
  void heard(const WorkerFrame& frame) override;
  void lost(const Loss& loss) override;

 private:
  boost::asio::awaitable<void> send(WorkerFrame frame);

  StandIns::Hold hold_;
  Notifier changed_;
  std::chrono::microseconds cpu_{0};
  bool built_ = false;
  bool quiet_ = true;
  bool sent_ = false;
  bool done_ = false;
  bool given_up_ = false;
  bool lost_ = false;
};

}  // namespace quern
