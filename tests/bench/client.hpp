// SPDX-License-Identifier: Apache-2.0
// A blocking client over the protocol's library: the least that stands between the clock and the
// daemon.
#pragma once

#include "native_codec.hpp"

#include <zmq.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace quern::bench {

class Client {
 public:
  Client(zmq::context_t& context, const std::string& endpoint);

  // Sends a run and takes its events to the end; `heard` sees each. Throws when it does not end
  // "ok".
  using Heard = std::function<void(const Event&)>;
  Finished run(StartRun spec, const Heard& heard = nullptr);
  // As run(), for a flood: acknowledges, and looks at no body. The bytes of its output.
  std::uint64_t drink(StartRun spec);

  void open_terminal(StartRun spec);
  void type(char key);  // until the terminal has shown it

  StatusReply status();
  void close_context(const std::string& lang, const std::string& ctx);

 private:
  std::string next_id() { return "bench-" + std::to_string(++asked_); }
  void send(const Request& request);
  void take();  // the next message, into head_ and body_
  template <class T>
  T answer(const Request& request);

  zmq::socket_t socket_;
  zmq::message_t head_;
  zmq::message_t body_;
  std::uint64_t asked_ = 0;
  std::map<std::string, std::int64_t> acks_;  // not sent yet
  std::string terminal_;                      // the run's name
};

StartRun query(std::string code, std::string ctx = "main");
StartRun batch(Step exec);
StartRun terminal(Argv command);

}  // namespace quern::bench
