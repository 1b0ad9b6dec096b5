// SPDX-License-Identifier: Apache-2.0
#include "file_path.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace quern {

namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT: return ErrorCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorCode::denied;
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG: return ErrorCode::bad_request;
    case EEXIST:
    case ENOTEMPTY: return ErrorCode::exists;
    case EBUSY:
    case ETXTBSY: return ErrorCode::busy;
    default: return ErrorCode::io;
  }
}

// For a way that is too long and one that we do not take the kernel has the same word, ELOOP.
bool goes_in_circles(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  return !fd && errno == ELOOP;
}

std::size_t parent_size(const std::string& path) {
  std::size_t slash = path.find_last_of('/');
  std::size_t last = path.find_last_not_of('/', slash);
  return last == std::string::npos ? 1 : last + 1;
}

void strip_slashes(std::string& path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
}

}  // namespace

UniqueFd open_path(const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = flags & O_CREAT ? mode : 0;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  // Older filters of system calls answer EPERM to those they do not know.
  if (!fd && (errno == ENOSYS || errno == EPERM)) return walk_path(path, flags, mode);
  return fd;
}

UniqueFd open_again(const UniqueFd& place, int flags) {
  std::string path = "/proc/self/fd/" + std::to_string(place.get());
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

Error file_error(std::string_view doing, const std::string& path, int number) {
  std::string start = "Cannot " + std::string(doing) + " " + path + ": ";
  if (number == ELOOP && !goes_in_circles(path)) {
    return {ErrorCode::denied,
            start + "its way leads through a magic link of /proc, which is not followed."};
  }
  const char* text = ::strerrordesc_np(number);
  return {code_of(number), start + (text ? text : "error " + std::to_string(number)) + "."};
}

std::string type_of(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "dir";
  return S_ISLNK(mode) ? "link" : "other";
}

Result<struct stat> regular(const UniqueFd& file, std::string_view doing, const std::string& path) {
  struct stat is{};
  if (::fstat(file.get(), &is) != 0) return file_error(doing, path, errno);
  if (S_ISREG(is.st_mode)) return is;
  const char* what = S_ISDIR(is.st_mode)    ? "a directory"
                     : S_ISFIFO(is.st_mode) ? "a fifo"
                     : S_ISSOCK(is.st_mode) ? "a socket"
                                            : "a device";
  return Error{ErrorCode::bad_request, "Cannot " + std::string(doing) + " " + path + ": it is " +
                                           what + ", not a regular file."};
}

Result<Spot> spot_of(std::string path, Parents parents, std::string_view doing) {
  strip_slashes(path);
  Spot spot;
  spot.name = path.substr(path.find_last_of('/') + 1);
  if (spot.name.empty() || spot.name == "." || spot.name == "..") {
    return Error{ErrorCode::denied, "Cannot " + std::string(doing) + " " + path +
                                        ": name it as an entry of the directory above it."};
  }
  std::string above = path.substr(0, parent_size(path));
  spot.parent = open_path(above, O_PATH | O_DIRECTORY);
  if (!spot.parent && errno == ENOENT && parents == Parents::made) {
    if (Result<void> made = make_parents(path); !made) return made.error();
    spot.parent = open_path(above, O_PATH | O_DIRECTORY);
  }
  if (!spot.parent) return file_error(doing, path, errno);
  return spot;
}

Result<void> make_parents(const std::string& path) {
  std::vector<std::string> missing;  // the deepest first
  std::string above = path.substr(0, parent_size(path));
  UniqueFd at = open_path(above, O_PATH | O_DIRECTORY);
  while (!at && errno == ENOENT) {
    missing.push_back(above);
    above.resize(parent_size(above));
    at = open_path(above, O_PATH | O_DIRECTORY);
  }
  if (!at) return file_error("make the directory", above, errno);
  for (; !missing.empty(); missing.pop_back()) {
    const std::string& next = missing.back();
    std::string name = next.substr(next.find_last_of('/') + 1);
    // Somebody else may be making the same ones.
    if (::mkdirat(at.get(), name.c_str(), 0777) != 0 && errno != EEXIST) {
      return file_error("make the directory", next, errno);
    }
    at = open_path(next, O_PATH | O_DIRECTORY);
    if (!at) return file_error("make the directory", next, errno);
  }
  return {};
}

std::int64_t microseconds_of(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1'000;
}

}  // namespace quern
