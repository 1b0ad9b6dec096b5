// SPDX-License-Identifier: Apache-2.0
// Our stdin on its way to a run: one message at a time, the next when the daemon has taken the
// last.
//
// A pipe or file is passed on as it comes. A terminal is read only while the program waits for
// input, so that what is typed for the shell stays there; a password is not echoed. What the daemon
// has no room for yet is kept and offered again.
//
// Never: interprets what passes, sends by itself.
#pragma once

#include "echo_off.hpp"
#include "error.hpp"
#include "event.hpp"
#include "request.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace quern {

class InputFeed {
 public:
  enum class Source { none, pipe, terminal };
  // `eager`: a terminal too is read at once, for a daemon that cannot see a program wait.
  InputFeed(Source source, int fd, bool eager) : source_(source), fd_(fd), eager_(eager) {}

  static Source source_of(int fd);

  // Is it time to poll for more?
  bool wants() const;
  int fd() const { return fd_; }
  // Reads once; gives what to send. Call when readable.
  Input read(const std::string& run);
  // Something refused that is due to be offered again.
  std::optional<Input> retry(std::chrono::steady_clock::time_point now);
  bool is_waiting_to_retry() const { return retry_at_.has_value(); }

  // `error`: what the daemon answered to the last one.
  void replied(const std::optional<Error>& error, std::chrono::steady_clock::time_point now);
  void prompted(const WaitingInput& prompt);
  void prompt_closed();
  // The connection has changed: nobody knows whether the last one arrived.
  const Input* in_flight() const { return in_flight_ ? &*in_flight_ : nullptr; }

 private:
  Source source_;
  int fd_;
  bool eager_;
  bool ended_ = false;
  std::optional<Input> in_flight_;
  std::optional<std::int64_t> prompt_;
  std::optional<EchoOff> silence_;
  std::optional<std::chrono::steady_clock::time_point> retry_at_;
};

}  // namespace quern
