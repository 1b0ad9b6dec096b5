// SPDX-License-Identifier: Apache-2.0
// What a mode gives to its run while it executes, so that clients can reach the program.
//
// Implemented by the modes; a Run holds at most one, from the first step to the last. Calls return
// at once: what they set in motion ends in events.
#pragma once

#include "blob.hpp"
#include "error.hpp"
#include "launcher.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace quern {

// Why a run was made to end.
enum class EndReason { interrupted, timeout, memory, processes, output_limit, killed, aborted };

struct EndRequest {
  EndReason reason = EndReason::killed;
  std::string cause;  // in words
  // INT first, and KILL only after this grace; zero kills at once.
  std::chrono::milliseconds grace{0};
  int first = SIGINT;  // the gentle signal
};

class Execution {
 public:
  Execution() = default;
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  virtual ~Execution() = default;

  virtual void end(const EndRequest& request) = 0;
  virtual bool signal(int number) = 0;  // false: nothing was there to get it

  virtual void input(std::string bytes) = 0;
  virtual void input_eof() = 0;
  virtual std::size_t unread_input() const = 0;
  // Whether there is an end of input at this moment; an Error says why not.
  virtual Result<void> may_end_input() const { return {}; }
  // Of its terminal; whether that changed anything.
  virtual bool resize(std::uint16_t rows, std::uint16_t cols) {
    (void)rows, (void)cols;
    return false;
  }

  virtual void wrote(const Blob& bytes) = 0;  // the program, to any of its streams

  // What it takes at this moment, measured when asked; nothing where there is no program yet.
  virtual std::optional<TreeUsage> taken() { return std::nullopt; }
};

}  // namespace quern
