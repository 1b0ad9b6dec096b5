// SPDX-License-Identifier: Apache-2.0
// SIGINT, SIGTERM, SIGHUP and SIGQUIT as something to poll for.
//
// Made once, in main, before any thread: the signals are blocked for the rest of the process, and a
// child must unblock them (unblock_all) before it becomes another program. SIGPIPE is ignored.
#pragma once

#include "owned_fd.hpp"

#include <optional>

namespace quern {

class Signals {
 public:
  Signals();

  int fd() const { return fd_.get(); }
  std::optional<int> next();  // the number of one that has come
  // The last that has come which no key sends: Ctrl-C was for the program that had the terminal.
  std::optional<int> next_but_keys();

  static void unblock_all();  // between fork and exec

 private:
  OwnedFd fd_;
};

}  // namespace quern
