// SPDX-License-Identifier: Apache-2.0
// Where journals put what does not fit in memory: one unlinked file for the whole daemon.
//
// Space is handed out as extents of whole mebibytes and comes back when the last holder lets go;
// freed space is used again before new space is taken, so a long flood keeps rewriting the same
// pages. Where no directory can be written, a memfd of 64 MiB serves. All reading and writing is
// done on the file thread. Never: knows a run, decides what is kept.
#pragma once

#include "file_thread.hpp"
#include "notifier.hpp"
#include "record.hpp"
#include "unique_fd.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace quern {

class SpillStore {
 public:
  SpillStore(boost::asio::any_io_executor executor, FileThread& thread, std::string dir,
             std::uint64_t capacity);
  SpillStore(const SpillStore&) = delete;
  SpillStore& operator=(const SpillStore&) = delete;

  // A piece of the file, owned by whoever holds it.
  class Extent {
   public:
    Extent(SpillStore& store, std::uint64_t offset, std::uint64_t units)
        : store_(store), offset_(offset), units_(units) {}
    Extent(const Extent&) = delete;
    Extent& operator=(const Extent&) = delete;
    ~Extent() { store_.release(offset_, units_); }

    std::uint64_t offset() const { return offset_; }
    std::uint64_t size() const { return units_ * unit; }

   private:
    SpillStore& store_;
    std::uint64_t offset_;
    std::uint64_t units_;
  };
  using ExtentPtr = std::shared_ptr<const Extent>;

  // Empty when the store is full.
  ExtentPtr allocate(std::uint64_t bytes);

  // False when the disk would not take them: the records then still are the caller's.
  boost::asio::awaitable<bool> write(ExtentPtr extent, std::vector<RecordPtr> records);
  boost::asio::awaitable<std::vector<RecordPtr>> read(ExtentPtr extent, std::uint64_t bytes);

  // Bytes that a record takes in an extent.
  static std::uint64_t stored_size(const Record& record);

  // Called when no directory takes it, once.
  void on_memory(std::function<void(int error)> call) { on_memory_ = std::move(call); }

  Notifier& freed() { return freed_; }
  std::uint64_t used() const { return used_; }
  bool in_memory() const { return in_memory_; }

  // What journals have done here since the daemon began, in bytes of records.
  void count_carried(std::uint64_t bytes) { carried_ += bytes; }
  void count_given_up(std::uint64_t bytes) { given_up_ += bytes; }
  std::uint64_t carried() const { return carried_; }
  std::uint64_t given_up() const { return given_up_; }  // unacknowledged

  static constexpr std::uint64_t unit = 1 << 20;

 private:
  friend class Extent;
  void open();
  void release(std::uint64_t offset, std::uint64_t units);
  void give_back(std::uint64_t offset, std::uint64_t units);  // to the file system
  void disk_is_full();

  FileThread& thread_;
  std::string dir_;
  std::uint64_t capacity_;
  Notifier freed_;
  UniqueFd file_;
  bool in_memory_ = false;
  bool was_full_ = false;  // once it has been, freed space is kept for nobody
  std::function<void(int)> on_memory_;
  std::uint64_t end_ = 0;  // of the file
  std::uint64_t carried_ = 0;
  std::uint64_t given_up_ = 0;
  std::uint64_t used_ = 0;                            // bytes handed out
  std::multimap<std::uint64_t, std::uint64_t> free_;  // units -> offset
};

}  // namespace quern
