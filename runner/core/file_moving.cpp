// SPDX-License-Identifier: Apache-2.0
#include "file_moving.hpp"

#include "file_guard.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

namespace quern {

Result<Ok> move_file(const Move& op, const std::string& work_dir) {
  Result<Spot> from = spot_of(op.path, Parents::there, "move");
  if (!from) return from.error();
  Result<struct stat> is = may_take(*from, "move", op.path, work_dir);
  if (!is) return is.error();
  std::string doing = "move " + op.path + " to";
  Result<Spot> to = spot_of(op.to, Parents::there, doing);
  if (!to) return to.error();
  struct stat there{};
  bool taken = ::fstatat(to->parent.get(), to->name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
  if (taken && (S_ISDIR(there.st_mode) || S_ISDIR(is->st_mode))) {
    return Error{ErrorCode::exists,
                 "Cannot " + doing + " " + op.to + ": there is a " + type_of(there.st_mode) +
                     " of that name, and only a file can be replaced, by a file."};
  }
  if (::renameat(from->parent.get(), from->name.c_str(), to->parent.get(), to->name.c_str()) == 0)
    return Ok{};
  if (errno == EXDEV) {
    return Error{ErrorCode::io,
                 "Cannot " + doing + " " + op.to +
                     ": they lie on different file systems. Copy it (`get` and `put`, or a "
                     "run of `mv`) instead."};
  }
  return file_error(doing, op.to, errno);
}

}  // namespace quern
