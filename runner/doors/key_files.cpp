// SPDX-License-Identifier: Apache-2.0
#include "key_files.hpp"

#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace quern {

namespace {

// Thousands of keys with their names; more is some other file.
constexpr std::size_t most_bytes = 1 << 20;

Error refused(const std::string& what, const std::string& file, const std::string& why) {
  return {ErrorCode::denied, "the " + what + " file " + file + " " + why};
}

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

// As a cluster mounts a secret for a pod that is not root: it belongs to root, and the pod's group
// may read it. Programs of such a daemon have its rights anyhow.
bool is_lent_to_us(const struct stat& info) {
  if (::geteuid() == 0 || info.st_uid != 0) return false;
  if (info.st_gid == ::getegid()) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return std::find(groups.begin(), groups.end(), info.st_gid) != groups.end();
}

// The file's text, if nobody but the daemon's user has the rights in `forbidden`.
Result<std::string> read_guarded(const std::string& what, const std::string& file, mode_t forbidden,
                                 const char* others_can) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0)
    return refused(what, file, "cannot be read: " + std::string(std::strerror(errno)) + ".");
  if (!S_ISREG(info.st_mode)) return refused(what, file, "is no regular file.");
  if (info.st_uid != 0 && info.st_uid != ::geteuid())
    return refused(what, file,
                   "belongs to user " + std::to_string(info.st_uid) +
                       ", who is neither root nor the daemon's own: make it yours with chown.");
  if (is_lent_to_us(info)) forbidden &= ~static_cast<mode_t>(S_IRGRP);
  if (info.st_mode & forbidden)
    return refused(what, file,
                   "can be " + std::string(others_can) + " by others (its mode is " +
                       octal(info.st_mode) + "): run chmod 600 " + file + ".");
  std::string text(most_bytes + 1, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got != 0 && size < text.size();) {
    got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return refused(what, file, "cannot be read: " + std::string(std::strerror(errno)) + ".");
    size += static_cast<std::size_t>(got);
  }
  if (size > most_bytes)
    return refused(what, file, "has more than 1 MiB, so it is something else.");
  text.resize(size);
  return text;
}

}  // namespace

Result<KeyPair> read_key_pair(const std::string& secret_file) {
  const std::string what = "secret key";
  Result<std::string> text = read_guarded(what, secret_file, 0077, "read");
  if (!text) return text.error();
  Result<std::string> secret = parse_secret_key(*text);
  if (!secret)
    return refused(
        what, secret_file,
        "is not what it should be: " + secret.error().message + ". Make one with quern keygen.");
  char open[41];
  if (::zmq_curve_public(open, secret->c_str()) != 0)
    return refused(what, secret_file, "holds a key from which no public one can be made.");
  return KeyPair{*std::move(secret), open};
}

Result<std::vector<NamedKey>> read_authorized_keys(const std::string& file) {
  const std::string what = "authorized keys";
  Result<std::string> text = read_guarded(what, file, 0022, "changed");
  if (!text) return text.error();
  Result<std::vector<NamedKey>> keys = parse_public_keys(*text);
  if (keys) return keys;
  return refused(what, file, "is not what it should be: " + keys.error().message + ".");
}

}  // namespace quern
