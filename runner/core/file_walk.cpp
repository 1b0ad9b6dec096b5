// SPDX-License-Identifier: Apache-2.0
// openat2 by hand, for kernels and filters without it: one name after the other, each link read.
#include "file_path.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <cerrno>
#include <climits>
#include <deque>

namespace quern {

namespace {

constexpr int most_links = 40;  // as the kernel's own walk
constexpr ino_t proc_root = 1;

using Names = std::deque<std::string>;

// In front of those that are there. A slash at the end asks for a directory, as `.` does.
void prepend(Names& names, const std::string& path) {
  Names parts;
  for (std::size_t at = 0; at < path.size();) {
    std::size_t end = path.find('/', at);
    if (end == std::string::npos) end = path.size();
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  if (!path.empty() && path.back() == '/') parts.push_back(".");
  names.insert(names.begin(), parts.begin(), parts.end());
}

UniqueFd failed(int number) {
  errno = number;
  return {};
}

UniqueFd root() { return UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)); }

// Links right in /proc (self, mounts, net) are texts. Those further down cannot be told from magic
// ones, so none of them is followed.
bool may_be_magic(const UniqueFd& parent, const UniqueFd& link) {
  struct statfs system{};
  if (::fstatfs(link.get(), &system) != 0) return true;
  if (system.f_type != PROC_SUPER_MAGIC) return false;
  struct stat above{};
  return ::fstat(parent.get(), &above) != 0 || above.st_ino != proc_root;
}

UniqueFd arrive(UniqueFd place, mode_t is, int flags) {
  if ((flags & O_DIRECTORY) && !S_ISDIR(is)) return failed(ENOTDIR);
  return flags & O_PATH ? std::move(place) : open_again(place, flags & ~O_CREAT);
}

}  // namespace

UniqueFd walk_path(const std::string& path, int flags, mode_t mode) {
  UniqueFd at = root();
  Names rest;
  prepend(rest, path);
  if (rest.empty()) rest.emplace_back(".");
  int links = 0;
  while (at) {
    std::string name = std::move(rest.front());
    rest.pop_front();
    bool last = rest.empty();
    UniqueFd next(::openat(at.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next && errno == ENOENT && last && (flags & O_CREAT)) {
      return UniqueFd(::openat(at.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
    }
    if (!next) return {};
    struct stat is{};
    if (::fstat(next.get(), &is) != 0) return {};
    if (S_ISLNK(is.st_mode) && !(last && (flags & O_NOFOLLOW))) {
      if (++links > most_links || may_be_magic(at, next)) return failed(ELOOP);
      char target[PATH_MAX];
      ssize_t size = ::readlinkat(next.get(), "", target, sizeof target);
      if (size < 0) return {};
      std::string to(target, static_cast<std::size_t>(size));
      if (to.front() == '/') at = root();
      prepend(rest, to);
      if (rest.empty()) rest.emplace_back(".");
      continue;
    }
    if (last) return arrive(std::move(next), is.st_mode, flags);
    if (!S_ISDIR(is.st_mode)) return failed(ENOTDIR);
    at = std::move(next);
  }
  return {};
}

}  // namespace quern
