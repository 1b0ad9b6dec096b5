// SPDX-License-Identifier: Apache-2.0
// A quernd under measurement, listening on a port of its own choice; it ends with its owner.
#pragma once

#include "program.hpp"

#include <memory>
#include <string>
#include <vector>

namespace quern::bench {

// A port of 127.0.0.1 that is free now; somebody may be faster.
int free_port();

class Daemon {
 public:
  // Returns once it serves.
  Daemon(const std::string& binary, const std::vector<std::string>& options);

  const std::string& endpoint() const { return endpoint_; }
  pid_t pid() const { return program_->pid(); }
  void shut_down();

 private:
  bool start(const std::string& binary, const std::vector<std::string>& options);

  std::string endpoint_;
  std::unique_ptr<Program> program_;
};

}  // namespace quern::bench
