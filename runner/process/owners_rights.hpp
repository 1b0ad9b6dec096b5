// SPDX-License-Identifier: Apache-2.0
// A look into a process of another user.
//
// Root in a container often lacks what it takes to look into the processes of other users; they may
// look into them themselves. Where the daemon may not take their rights, nothing changes.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

namespace quern {

// The file rights of whoever owns a process, on this thread, as long as it lives. The kernel asks
// for those, too, when a file of /proc shows another process.
class OwnersRights {
 public:
  explicit OwnersRights(pid_t pid);
  OwnersRights(const OwnersRights&) = delete;
  OwnersRights& operator=(const OwnersRights&) = delete;
  ~OwnersRights();
};

// `look` gives something that is false, and leaves errno, when it was refused; then it is done once
// more with the owner's rights.
template <typename Look>
auto look_into(pid_t pid, Look look) {
  errno = 0;
  auto seen = look();
  if (seen || (errno != EACCES && errno != EPERM) || ::geteuid() != 0) return seen;
  const OwnersRights rights(pid);
  errno = 0;
  return look();
}

}  // namespace quern
