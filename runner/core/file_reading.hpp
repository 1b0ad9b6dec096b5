// SPDX-License-Identifier: Apache-2.0
// What is in a file: a piece of it, or the sum of all of it. Blocking: for the file thread.
#pragma once

#include "file_path.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <sodium.h>

namespace quern {

// Reads until the file ends, whatever its size is said to be: files of /proc say 0.
Result<GetReply> read_file(const Get& op);

// What a path names: of a link the link itself. With sha256, that of a regular file's content, step
// by step, so that a huge one keeps nobody else off the thread for long.
class FileStat {
 public:
  explicit FileStat(Stat op) : op_(std::move(op)) {}

  Result<bool> step();  // whether it is done
  StatReply reply() const { return reply_; }

 private:
  Result<bool> look();
  Result<bool> hash_on();

  Stat op_;
  StatReply reply_;
  UniqueFd file_;  // open while it is hashed
  crypto_hash_sha256_state hash_{};
};

}  // namespace quern
