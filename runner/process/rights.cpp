// SPDX-License-Identifier: Apache-2.0
#include "rights.hpp"

#include <sys/fsuid.h>
#include <unistd.h>

#include <cstdlib>

namespace quern {
namespace {

// These calls do not say whether they did anything; asked for an impossible id, they say what is.
// To go on with other rights than meant would be to read a client somebody else's files.
void put_on(uid_t uid, gid_t gid) {
  ::setfsgid(gid);
  ::setfsuid(uid);
  const auto has_gid = static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1)));
  const auto has_uid = static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1)));
  if (has_gid != gid || has_uid != uid) std::abort();
}

}  // namespace

Rights::Rights(const std::optional<Account>& user) : changed_(user.has_value()) {
  if (user) put_on(user->uid, user->gid);
}

Rights::~Rights() {
  if (changed_) put_on(::geteuid(), ::getegid());
}

}  // namespace quern
