// SPDX-License-Identifier: Apache-2.0
#include "file_reading.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

namespace quern {

namespace {

constexpr std::size_t least_buffer = 4 * kib;
constexpr std::size_t hash_buffer = 256 * kib;
// Some 30 ms of hashing.
constexpr int buffers_a_step = 32;

// -1 with errno.
ssize_t read_at(const UniqueFd& file, char* to, std::size_t size, std::uint64_t offset) {
  for (;;) {
    ssize_t n = ::pread(file.get(), to, size, static_cast<off_t>(offset));
    if (n >= 0 || errno != EINTR) return n;
  }
}

struct Growing {
  std::shared_ptr<char[]> bytes;
  std::size_t capacity = 0;
  std::size_t size = 0;

  void grow(std::size_t to) {
    auto larger = std::make_shared_for_overwrite<char[]>(to);
    if (size > 0) std::memcpy(larger.get(), bytes.get(), size);
    bytes = std::move(larger);
    capacity = to;
  }
};

// Whether it ended before `length`; nothing, with errno set, when it could not be read.
std::optional<bool> read_into(Growing& to, const UniqueFd& file, std::uint64_t offset,
                              std::size_t length) {
  for (;;) {
    while (to.size < to.capacity) {
      ssize_t n = read_at(file, to.bytes.get() + to.size, to.capacity - to.size, offset + to.size);
      if (n < 0) return std::nullopt;
      if (n == 0) return true;
      to.size += static_cast<std::size_t>(n);
    }
    char more = 0;
    ssize_t n = read_at(file, &more, 1, offset + to.size);
    if (n < 0) return std::nullopt;
    if (n == 0) return true;
    if (to.size == length) return false;
    to.grow(std::min(length, std::max(least_buffer, 2 * to.capacity)));
    to.bytes[static_cast<std::ptrdiff_t>(to.size++)] = more;
  }
}

std::string hex(const std::array<unsigned char, crypto_hash_sha256_BYTES>& digest) {
  std::string text;
  for (unsigned char byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

Result<GetReply> read_file(const Get& op) {
  if (op.offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) - max_body) {
    return Error{ErrorCode::bad_request,
                 "Cannot read " + op.path + ": no file reaches to that `offset`."};
  }
  UniqueFd place = open_path(op.path, O_PATH);
  if (!place) return file_error("read", op.path, errno);
  Result<struct stat> is = regular(place, "read", op.path);
  if (!is) return is.error();
  UniqueFd file = open_again(place, O_RDONLY);
  if (!file) return file_error("read", op.path, errno);

  auto length =
      static_cast<std::size_t>(std::min<std::uint64_t>(op.length.value_or(max_body), max_body));
  auto told = static_cast<std::uint64_t>(is->st_size);
  Growing bytes;
  bytes.grow(std::min<std::size_t>(length, told > op.offset
                                               ? std::min<std::uint64_t>(told - op.offset, max_body)
                                               : least_buffer));
  std::optional<bool> ended = read_into(bytes, file, op.offset, length);
  if (!ended) return file_error("read", op.path, errno);

  GetReply reply;
  reply.eof = *ended;
  std::uint64_t reached = op.offset + bytes.size;
  // Where the end was seen, it tells the size better than the file system did.
  bool seen = *ended && (bytes.size > 0 || op.offset == 0);
  reply.size = seen ? reached : bytes.size > 0 ? std::max(told, reached) : told;
  reply.bytes = Blob(std::move(bytes.bytes), bytes.size);
  return reply;
}

Result<bool> FileStat::step() {
  if (!file_) return look();
  return hash_on();
}

Result<bool> FileStat::look() {
  UniqueFd place = open_path(op_.path, O_PATH | O_NOFOLLOW);
  if (!place) return file_error("look at", op_.path, errno);
  struct stat is{};
  if (::fstat(place.get(), &is) != 0) return file_error("look at", op_.path, errno);
  reply_ = {type_of(is.st_mode), static_cast<std::uint64_t>(is.st_size), is.st_mode & 07777,
            microseconds_of(is.st_mtim), ""};
  if (!op_.sha256 || !S_ISREG(is.st_mode)) return true;
  file_ = open_again(place, O_RDONLY);
  if (!file_) return file_error("read", op_.path, errno);
  crypto_hash_sha256_init(&hash_);
  return false;
}

Result<bool> FileStat::hash_on() {
  std::vector<char> buffer(hash_buffer);
  for (int i = 0; i < buffers_a_step; ++i) {
    ssize_t n = 0;
    do {
      n = ::read(file_.get(), buffer.data(), buffer.size());
    } while (n < 0 && errno == EINTR);
    if (n < 0) return file_error("read", op_.path, errno);
    if (n == 0) {
      std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
      crypto_hash_sha256_final(&hash_, digest.data());
      reply_.sha256 = hex(digest);
      return true;
    }
    crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(buffer.data()),
                              static_cast<unsigned long long>(n));
  }
  return false;
}

}  // namespace quern
