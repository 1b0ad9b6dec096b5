// SPDX-License-Identifier: Apache-2.0
#include "file_writing.hpp"

#include "file_path.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <limits>
#include <random>

namespace quern {

namespace {

constexpr std::uint32_t standard_mode = 0644;

Result<void> check(const Put& op) {
  auto bad = [&](const char* why) {
    return Error{ErrorCode::bad_request, "Cannot write " + op.path + ": " + why + "."};
  };
  auto end = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (op.path.back() == '/') return bad("a path that ends in a slash names a directory");
  if (op.offset > end - op.bytes.size()) return bad("no file reaches to that `offset`");
  if (op.atomic && op.offset != 0)
    return bad("`atomic` replaces the whole content, so `offset` must be 0");
  if (op.atomic && op.truncate == false)
    return bad("`atomic` replaces the whole content, so `truncate` cannot be false");
  return {};
}

Result<void> write_all(const UniqueFd& file, const Put& op) {
  std::size_t done = 0;
  while (done < op.bytes.size()) {
    ssize_t n = ::pwrite(file.get(), op.bytes.data() + done, op.bytes.size() - done,
                         static_cast<off_t>(op.offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("write", op.path, errno);
    done += static_cast<std::size_t>(n);
  }
  return {};
}

// After the bytes: writing takes set-user-id bits away.
Result<PutReply> finish(const UniqueFd& file, const Put& op, std::optional<std::uint32_t> mode) {
  if (mode && ::fchmod(file.get(), *mode) != 0)
    return file_error("set the mode of", op.path, errno);
  struct stat is{};
  if (::fstat(file.get(), &is) != 0) return file_error("look at", op.path, errno);
  return PutReply{static_cast<std::uint64_t>(is.st_size)};
}

Result<UniqueFd> create(const Put& op, std::uint32_t mode) {
  if (op.mkdirs) {
    if (Result<void> made = make_parents(op.path); !made) return made.error();
  }
  UniqueFd file = open_path(op.path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode);
  if (!file) return file_error("create", op.path, errno);
  // A fifo may have come into being since we looked.
  if (auto is = regular(file, "write", op.path); !is) return is.error();
  return file;
}

Result<PutReply> write_in_place(const Put& op, const UniqueFd& old) {
  std::optional<std::uint32_t> mode = op.mode;
  UniqueFd file;
  if (old) {
    file = open_again(old, O_WRONLY);
    if (!file) return file_error("write", op.path, errno);
  } else {
    mode = op.mode.value_or(standard_mode);
    Result<UniqueFd> created = create(op, *mode & 0777);
    if (!created) return created.error();
    file = std::move(*created);
  }
  // The file then ends where these bytes end.
  bool cut = op.truncate.value_or(op.offset == 0);
  if (cut && ::ftruncate(file.get(), static_cast<off_t>(op.offset)) != 0) {
    return file_error("write", op.path, errno);
  }
  if (Result<void> written = write_all(file, op); !written) return written.error();
  return finish(file, op, mode);
}

// Where a file really lies: what stands in the way of its path may be links, and those stay.
std::string real_path(const UniqueFd& file, const std::string& path) {
  char target[PATH_MAX];
  std::string link = "/proc/self/fd/" + std::to_string(file.get());
  ssize_t size = ::readlink(link.c_str(), target, sizeof target);
  return size > 0 && size < PATH_MAX ? std::string(target, static_cast<std::size_t>(size)) : path;
}

std::string fresh_name() {
  std::random_device random;
  char name[40];
  std::snprintf(name, sizeof name, ".quern-put-%08x%08x", random(), random());
  return name;
}

Result<PutReply> replace(const Put& op, const UniqueFd& old) {
  std::uint32_t mode = standard_mode;
  if (old) {
    Result<struct stat> is = regular(old, "write", op.path);
    if (!is) return is.error();
    mode = is->st_mode & 07777;
  }
  Result<Spot> spot = spot_of(old ? real_path(old, op.path) : op.path,
                              op.mkdirs ? Parents::made : Parents::there, "write");
  if (!spot) return spot.error();
  int parent = spot->parent.get();
  std::string beside = fresh_name();
  UniqueFd file(::openat(parent, beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return file_error("write", op.path, errno);
  Result<void> written = write_all(file, op);
  Result<PutReply> reply = written ? finish(file, op, op.mode.value_or(mode)) : written.error();
  if (reply && ::renameat(parent, beside.c_str(), parent, spot->name.c_str()) != 0) {
    reply = file_error("replace", op.path, errno);
  }
  if (!reply && ::unlinkat(parent, beside.c_str(), 0) != 0) {
    Error error = reply.error();
    error.message += " What was written of it is left beside it as " + beside + ".";
    return error;
  }
  return reply;
}

}  // namespace

Result<PutReply> write_file(const Put& op) {
  if (Result<void> possible = check(op); !possible) return possible.error();
  UniqueFd old = open_path(op.path, O_PATH);
  if (!old && errno != ENOENT) return file_error("write", op.path, errno);
  if (old) {
    if (auto is = regular(old, "write", op.path); !is) return is.error();
  }
  return op.atomic ? replace(op, old) : write_in_place(op, old);
}

}  // namespace quern
