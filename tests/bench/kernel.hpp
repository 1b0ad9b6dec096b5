// SPDX-License-Identifier: Apache-2.0
// ipykernel as a peer, driven by a raw client that does no more than ours: no signatures, no
// library.
#pragma once

#include "program.hpp"

#include <zmq.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace quern::bench {

class Kernel {
 public:
  // Whether this Python has it.
  static bool stands_in(const std::string& python);

  // Returns when it has answered `1+1` for the first time.
  Kernel(zmq::context_t& context, const std::string& python);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // To the reply and the word that it is idle again, as every client of a kernel must wait for.
  void round_trip() { execute(true); }
  pid_t pid() const { return program_->pid(); }

 private:
  void execute(bool until_idle);

  std::filesystem::path connection_file_;
  std::unique_ptr<Program> program_;
  zmq::socket_t shell_;
  zmq::socket_t iopub_;
  int asked_ = 0;
};

}  // namespace quern::bench
