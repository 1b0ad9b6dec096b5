// SPDX-License-Identifier: Apache-2.0
#include "spill.hpp"

#include "limits.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace quern {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t memfd_capacity = 64 * mib;
// Free space that is kept for the next writer; more than this goes back to the file system.
constexpr std::uint64_t kept_free = 64 * mib;

// How a record stands in the file. Only this process reads it, so its layout is this struct.
struct Stored {
  std::int64_t seq;
  std::uint64_t off;
  std::uint64_t total_before;
  std::uint32_t head;
  std::uint32_t body;
  std::uint8_t droppable;
  std::uint8_t stream;  // 0: no output, 1: stdout, 2: stderr
};

Stored stored(const Record& record) {
  std::uint8_t stream = 0;
  if (record.stream) stream = *record.stream == Stream::out ? 1 : 2;
  return {record.seq,
          record.off,
          record.total_before,
          static_cast<std::uint32_t>(record.head.size()),
          static_cast<std::uint32_t>(record.body.size()),
          record.droppable,
          stream};
}

// False on a short write: a full disk, or one that went away.
bool write_all(int fd, std::vector<iovec> parts, std::uint64_t offset) {
  std::size_t first = 0;
  while (first < parts.size()) {
    auto count = std::min<std::size_t>(parts.size() - first, IOV_MAX);
    ssize_t n = ::pwritev(fd, &parts[first], static_cast<int>(count), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    offset += static_cast<std::uint64_t>(n);
    auto left = static_cast<std::size_t>(n);
    while (first < parts.size() && left >= parts[first].iov_len) left -= parts[first++].iov_len;
    if (left > 0) {
      parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
      parts[first].iov_len -= left;
    }
  }
  return true;
}

bool write_records(int fd, std::uint64_t offset, const std::vector<RecordPtr>& records) {
  std::vector<Stored> headers;
  headers.reserve(records.size());
  std::vector<iovec> parts;
  parts.reserve(3 * records.size());
  for (const RecordPtr& record : records) {
    headers.push_back(stored(*record));
    parts.push_back({&headers.back(), sizeof(Stored)});
    parts.push_back({const_cast<char*>(record->head.data()), record->head.size()});
    if (!record->body.empty()) {
      parts.push_back({const_cast<char*>(record->body.data()), record->body.size()});
    }
  }
  return write_all(fd, std::move(parts), offset);
}

std::vector<RecordPtr> parse_records(const std::shared_ptr<const char[]>& bytes,
                                     std::uint64_t size) {
  std::vector<RecordPtr> records;
  std::uint64_t at = 0;
  while (at + sizeof(Stored) <= size) {
    Stored header;
    std::memcpy(&header, bytes.get() + at, sizeof header);
    at += sizeof header;
    auto record = std::make_shared<Record>();
    record->seq = header.seq;
    record->head.assign(bytes.get() + at, header.head);
    at += header.head;
    // The body keeps the whole buffer alive and shares it: nothing is copied.
    record->body = Blob(std::shared_ptr<const char[]>(bytes, bytes.get() + at), header.body);
    at += header.body;
    record->droppable = header.droppable != 0;
    if (header.stream != 0) record->stream = header.stream == 1 ? Stream::out : Stream::err;
    record->off = header.off;
    record->total_before = header.total_before;
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<RecordPtr> read_records(int fd, std::uint64_t offset, std::uint64_t bytes) {
  auto buffer = std::make_shared_for_overwrite<char[]>(bytes);
  std::uint64_t have = 0;
  while (have < bytes) {
    ssize_t n = ::pread(fd, buffer.get() + have, bytes - have, static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      throw std::system_error(n < 0 ? errno : EIO, std::generic_category(), "read the spill");
    have += static_cast<std::uint64_t>(n);
  }
  return parse_records(buffer, bytes);
}

}  // namespace

SpillStore::SpillStore(asio::any_io_executor executor, FileThread& thread, std::string dir,
                       std::uint64_t capacity)
    : thread_(thread), dir_(std::move(dir)), capacity_(capacity), freed_(std::move(executor)) {}

std::uint64_t SpillStore::stored_size(const Record& record) {
  return sizeof(Stored) + record.wire();
}

void SpillStore::open() {
  file_.reset(::open(dir_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file_) return;
  std::string name = dir_ + "/spill-XXXXXX";  // a file system without O_TMPFILE
  file_.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (file_) {
    ::unlink(name.c_str());
    return;
  }
  if (on_memory_ && !in_memory_) on_memory_(errno);
  file_.reset(::memfd_create("quern-spill", MFD_CLOEXEC));
  in_memory_ = true;
  capacity_ = std::min(capacity_, memfd_capacity);
}

SpillStore::ExtentPtr SpillStore::allocate(std::uint64_t bytes) {
  if (!file_) open();
  std::uint64_t units = (bytes + unit - 1) / unit;
  if (!file_ || used_ + units * unit > capacity_) return nullptr;
  used_ += units * unit;
  if (auto old = free_.find(units); old != free_.end()) {
    std::uint64_t offset = old->second;
    free_.erase(old);
    return std::make_shared<Extent>(*this, offset, units);
  }
  std::uint64_t offset = end_;
  end_ += units * unit;
  return std::make_shared<Extent>(*this, offset, units);
}

void SpillStore::give_back(std::uint64_t offset, std::uint64_t units) {
  // What cannot be punched out stays allocated in the file, which only costs disk.
  ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
              static_cast<off_t>(units * unit));
}

// Space that is held for nobody is what those who write lack.
void SpillStore::disk_is_full() {
  if (std::exchange(was_full_, true)) return;
  for (const auto& [units, offset] : free_) give_back(offset, units);
}

void SpillStore::release(std::uint64_t offset, std::uint64_t units) {
  used_ -= units * unit;
  bool keep = units == 1 && !was_full_ && free_.size() * unit < kept_free;
  if (!keep) give_back(offset, units);
  free_.emplace(units, offset);
  freed_.notify();
}

asio::awaitable<bool> SpillStore::write(ExtentPtr extent, std::vector<RecordPtr> records) {
  auto work = [fd = file_.get(), extent, records = std::move(records)] {
    return write_records(fd, extent->offset(), records);
  };
  bool written = co_await thread_.run(std::move(work));
  if (!written) disk_is_full();
  co_return written;
}

asio::awaitable<std::vector<RecordPtr>> SpillStore::read(ExtentPtr extent, std::uint64_t bytes) {
  auto work = [fd = file_.get(), extent, bytes] {
    return read_records(fd, extent->offset(), bytes);
  };
  co_return co_await thread_.run(std::move(work));
}

}  // namespace quern
