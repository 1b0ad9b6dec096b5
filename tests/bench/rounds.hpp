// SPDX-License-Identifier: Apache-2.0
// The measurement: in every round each thing and what stands beside it take turns, so that both
// meet the same weather.
#pragma once

#include "client.hpp"
#include "daemon.hpp"
#include "echo_floor.hpp"
#include "kernel.hpp"
#include "pty_floor.hpp"
#include "report.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quern::bench {

struct Plan {
  std::string self;  // this program
  std::string quernd;
  std::string quern;  // the client; empty: none
  std::string langs;
  std::string kernel_python;  // empty: no peer
  int rounds = 12;
  int queries = 300;  // a round
  int batches = 30;
  int starts = 3;
  int commands = 10;
  int contexts = 5;
  int prints = 10;
  int keys = 20;
  std::uint64_t flood = 256 << 20;  // bytes, a round
  std::chrono::milliseconds idle{3000};
};

class Rounds {
 public:
  // The floor is made before this process has threads.
  Rounds(Plan plan, EchoFloor& floor);

  void run();
  std::vector<Row> rows() const;

 private:
  void queries();
  void batches();
  void floods();
  void starts();
  void contexts();
  void prints();
  void flooded_keys();
  void commands();
  void kernels();
  void idleness();
  std::vector<std::string> with_langs(std::vector<std::string> options) const;

  Plan plan_;
  zmq::context_t context_;
  EchoFloor& floor_;
  PtyFloor pty_;
  Daemon daemon_;
  Client client_;
  std::unique_ptr<Kernel> kernel_;
  int fresh_ = 0;  // names of contexts

  Samples echo_, query_, kernel_query_;
  Samples spawn_, batch_, shell_;
  Samples pipe_rate_, output_rate_, output_cpu_;
  Samples python_, start_, kernel_start_;
  Samples context_time_, print_;
  Samples key_, key_floor_, flooded_key_;
  Samples nothing_, command_, private_command_;
  Samples idle_rss_, idle_threads_, idle_switches_, memory_, kernel_memory_;
};

}  // namespace quern::bench
