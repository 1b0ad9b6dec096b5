// SPDX-License-Identifier: Apache-2.0
#include "owners_rights.hpp"

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <string>

namespace quern {

OwnersRights::OwnersRights(pid_t pid) {
  struct stat owner{};
  if (::stat(("/proc/" + std::to_string(pid)).c_str(), &owner) != 0) return;
  ::setfsgid(owner.st_gid);
  ::setfsuid(owner.st_uid);
}

OwnersRights::~OwnersRights() {
  const int said = errno;  // of what was done under these rights
  ::setfsuid(::geteuid());
  ::setfsgid(::getegid());
  errno = said;
}

}  // namespace quern
