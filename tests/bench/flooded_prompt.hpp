// SPDX-License-Identifier: Apache-2.0
// A `quern repl` at a terminal of ours, above whose prompt an endless flood of output runs.
//
// Ended by its owner's destructor; the flood, by whoever closes the context.
#pragma once

#include "program.hpp"

#include <memory>
#include <string>

namespace quern::bench {

class FloodedPrompt {
 public:
  // Returns once the flood runs.
  FloodedPrompt(const std::string& quern, const std::string& endpoint, const std::string& ctx);
  ~FloodedPrompt();
  FloodedPrompt(const FloodedPrompt&) = delete;
  FloodedPrompt& operator=(const FloodedPrompt&) = delete;

  void press();  // returns once the terminal has been told to show it
  void drain();  // what comes for a moment

 private:
  void write(const std::string& keys);
  void read_until(const std::string& seen);

  int terminal_ = -1;
  std::unique_ptr<Program> program_;
  std::string prompt_;  // before its number
  std::string typed_;
};

}  // namespace quern::bench
