// SPDX-License-Identifier: Apache-2.0
#include "file_removing.hpp"

#include "file_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace quern {

namespace {

constexpr int entries_a_step = 1'000;
// Of what is nested deeper the inner part is lifted to the outermost level: descriptors are few.
constexpr std::size_t most_levels = 64;
// Somebody may go on putting things into what we remove.
constexpr int most_passes = 8;

}  // namespace

Result<bool> Removal::step() {
  if (!spot_.parent) return begin();
  for (int i = 0; i < entries_a_step && !levels_.empty(); ++i) {
    if (Result<void> one = go_on(); !one) return one.error();
  }
  return levels_.empty();
}

Error Removal::failure(int number, const std::string& below) const {
  std::string path = op_.path;
  for (std::size_t i = 1; i < levels_.size(); ++i) path += "/" + levels_[i].name;
  return file_error("remove", below.empty() ? path : path + "/" + below, number);
}

Result<bool> Removal::begin() {
  Result<Spot> spot = spot_of(op_.path, Parents::there, "remove");
  if (!spot) return spot.error();
  spot_ = std::move(*spot);
  Result<struct stat> is = may_take(spot_, "remove", op_.path, work_dir_);
  if (!is) return is.error();
  bool dir = S_ISDIR(is->st_mode);
  if (::unlinkat(spot_.parent.get(), spot_.name.c_str(), dir ? AT_REMOVEDIR : 0) == 0) return true;
  if (!dir || (errno != ENOTEMPTY && errno != EEXIST)) return failure(errno);
  if (!op_.recursive) {
    return Error{ErrorCode::bad_request,
                 "Cannot remove " + op_.path +
                     ": the directory is not empty. Say `recursive` to remove all of it."};
  }
  if (Result<void> open = descend(spot_.parent.get(), spot_.name); !open) return open.error();
  return false;
}

// One entry of the innermost level, or its end.
Result<void> Removal::go_on() {
  Level& level = levels_.back();
  errno = 0;
  const dirent* entry = ::readdir(level.dir.get());
  if (!entry && errno != 0) return failure(errno);
  if (!entry) return leave();
  std::string name = entry->d_name;
  if (name == "." || name == "..") return {};
  bool dir = entry->d_type == DT_DIR;
  if (!dir && ::unlinkat(level.fd(), name.c_str(), 0) != 0) {
    if (errno == ENOENT) return {};
    if (errno != EISDIR) return failure(errno, name);
    dir = true;
  }
  if (!dir || ::unlinkat(level.fd(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  // A mount answers EBUSY here, before we would look into it.
  if (errno != ENOTEMPTY && errno != EEXIST) return failure(errno, name);
  return levels_.size() == most_levels ? lift(level.fd(), name) : descend(level.fd(), name);
}

// The innermost level is empty, unless somebody else has put something there, or we ourselves did.
Result<void> Removal::leave() {
  Level& level = levels_.back();
  int above = levels_.size() > 1 ? levels_[levels_.size() - 2].fd() : spot_.parent.get();
  if (::unlinkat(above, level.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
    levels_.pop_back();
    return {};
  }
  if ((errno != ENOTEMPTY && errno != EEXIST) || ++level.passes > most_passes)
    return failure(errno);
  ::rewinddir(level.dir.get());
  return {};
}

Result<void> Removal::descend(int parent, const std::string& name) {
  UniqueFd fd(
      ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return failure(errno, levels_.empty() ? "" : name);
  DIR* dir = ::fdopendir(fd.get());
  if (!dir) return failure(errno, name);
  fd.release();
  Level level;
  level.dir.reset(dir);
  level.name = name;
  levels_.push_back(std::move(level));
  return {};
}

Result<void> Removal::lift(int parent, const std::string& name) {
  char fresh[64];
  std::snprintf(fresh, sizeof fresh, ".quern-removing-%d-%llu", ::getpid(),
                static_cast<unsigned long long>(++lifted_));
  if (::renameat(parent, name.c_str(), levels_.front().fd(), fresh) != 0)
    return failure(errno, name);
  levels_.front().passes = 0;
  return {};
}

}  // namespace quern
