// SPDX-License-Identifier: Apache-2.0
// A quernd of our own, for as long as quern lives: nobody need start one to run a line of code.
//
// Listens on a Unix socket in a folder that only this user may enter. Its work dir is the current
// folder. Ends with its owner in every way that can be: asked by SIGTERM in the destructor, by the
// kernel when quern is killed. It leads a session of its own, so that Ctrl-C reaches only quern.
#pragma once

#include "owned_fd.hpp"
#include "temp_folder.hpp"

#include <sys/types.h>

#include <string>

namespace quern {

class PrivateDaemon {
 public:
  // Returns when it listens. Throws Failure with what it said when it does not come up. Must be
  // made while this process has one thread.
  PrivateDaemon();
  ~PrivateDaemon();
  PrivateDaemon(const PrivateDaemon&) = delete;
  PrivateDaemon& operator=(const PrivateDaemon&) = delete;

  std::string endpoint() const { return "ipc://" + (folder_.path() / "socket").string(); }
  int lifeline() const { return pidfd_.get(); }  // readable once it has ended

 private:
  void await_ready(int ready);
  void end();
  std::string last_words() const;

  TempFolder folder_;
  OwnedFd pidfd_;
  pid_t pid_ = -1;
};

}  // namespace quern
