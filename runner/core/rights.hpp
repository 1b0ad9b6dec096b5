// SPDX-License-Identifier: Apache-2.0
// The rights of the user that programs run as, in force on this thread as long as it lives.
//
// Every system call that touches a file for a client is made while one of these lives, and on the
// file thread only: rights of a thread (setfsuid, setfsgid) then reach nothing else. Programs run
// as the daemon's own user, so there is nothing to put on or to take off. Never: used on the event
// loop.
#pragma once

namespace quern {

class Rights {
 public:
  Rights() {}
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
  ~Rights() {}
};

}  // namespace quern
