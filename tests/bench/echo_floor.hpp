// SPDX-License-Identifier: Apache-2.0
// The floor of a query: a DEALER asks a ROUTER over tcp, which asks a child over a pipe, and back.
//
// A process of its own serves the ROUTER and a child of that one echoes; both are made before any
// thread. Each way does only what anything of this shape must do.
#pragma once

#include <sys/types.h>
#include <zmq.hpp>

#include <optional>
#include <string>

namespace quern::bench {

class EchoFloor {
 public:
  EchoFloor();  // forks: make it before the process has threads
  ~EchoFloor();
  EchoFloor(const EchoFloor&) = delete;
  EchoFloor& operator=(const EchoFloor&) = delete;

  void connect();
  void round_trip();

 private:
  pid_t server_ = -1;
  std::string endpoint_;
  std::optional<zmq::context_t> context_;  // has threads: only from connect() on
  zmq::socket_t socket_;
};

}  // namespace quern::bench
