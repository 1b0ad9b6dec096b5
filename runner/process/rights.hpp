// SPDX-License-Identifier: Apache-2.0
// The rights of the user that programs run as, in force on this thread as long as it lives.
//
// Every system call that touches a file for a client is made while one of these lives. The kernel
// keeps them a thread (setfsuid, setfsgid), so other threads keep the daemon's. Where programs run
// as the daemon's own user there is nothing to put on or to take off. Lives for a few calls in a
// row: never across a suspension of a coroutine, never in a class that does.
#pragma once

#include "account.hpp"

#include <optional>

namespace quern {

class Rights {
 public:
  explicit Rights(const std::optional<Account>& user);
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
  ~Rights();

 private:
  const bool changed_;
};

}  // namespace quern
