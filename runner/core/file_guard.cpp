// SPDX-License-Identifier: Apache-2.0
#include "file_guard.hpp"

#include <fcntl.h>

#include <cerrno>

namespace quern {

namespace {

bool same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// Whether this directory is the work dir or one above it, of which `/` is the last.
bool holds_work_dir(const struct stat& is, const std::string& work_dir) {
  UniqueFd at(::open(work_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat here{};
  struct stat before{};
  while (at && ::fstat(at.get(), &here) == 0) {
    if (same(here, is)) return true;
    if (same(here, before)) return false;
    before = here;
    at = UniqueFd(::openat(at.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  // The work dir cannot be seen from here; at least `/` is safe.
  return ::stat("/", &here) == 0 && same(here, is);
}

}  // namespace

Result<struct stat> may_take(const Spot& spot, std::string_view doing, const std::string& path,
                             const std::string& work_dir) {
  struct stat is{};
  if (::fstatat(spot.parent.get(), spot.name.c_str(), &is, AT_SYMLINK_NOFOLLOW) != 0) {
    return file_error(doing, path, errno);
  }
  if (S_ISDIR(is.st_mode) && holds_work_dir(is, work_dir)) {
    return Error{ErrorCode::denied,
                 "Cannot " + std::string(doing) + " " + path + ": the daemon's work dir is there."};
  }
  return is;
}

}  // namespace quern
