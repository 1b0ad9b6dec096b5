// SPDX-License-Identifier: Apache-2.0
#include "local_file.hpp"

#include "failure.hpp"
#include "missing_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace quern {
namespace {

constexpr std::uint32_t permissions = 0777;

[[noreturn]] void fail(const std::string& path, const char* what) {
  const std::string why = std::strerror(errno);
  throw Failure(path + " cannot be " + what + ": " + why + ".");
}

}  // namespace

LocalSource::LocalSource(const std::string& path) : path_(path == "-" ? "stdin" : path) {
  if (path != "-") {
    opened_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened_) throw cannot_be_opened(path, errno);
  }
  fd_ = path == "-" ? STDIN_FILENO : opened_.get();
  struct stat status{};
  if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return;
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (path != "-") mode_ = status.st_mode & permissions;
}

std::string LocalSource::read(std::size_t most) {
  std::string bytes(most, '\0');
  std::size_t have = 0;
  while (have < most) {
    const ssize_t count = ::read(fd_, bytes.data() + have, most - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, "read");
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

LocalTarget::LocalTarget(std::string path, std::uint32_t mode) : path_(std::move(path)) {
  struct stat status{};
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    fd_.reset(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd_) fail(path_, "written");
    return;
  }
  beside_ = path_ + ".part-" + std::to_string(::getpid());
  fd_.reset(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                   static_cast<mode_t>(mode & permissions)));
  if (fd_) return;
  beside_.clear();
  fail(path_, "written");
}

LocalTarget::~LocalTarget() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

void LocalTarget::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, "written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void LocalTarget::keep() {
  if (beside_.empty()) return;
  if (::rename(beside_.c_str(), path_.c_str()) != 0) fail(path_, "written");
  beside_.clear();
}

}  // namespace quern
