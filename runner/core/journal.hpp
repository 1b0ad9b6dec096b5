// SPDX-License-Identifier: Apache-2.0
// The events of one run, from the first on, for whoever reads them now or comes later.
//
//     gone (but for the pinned) | cold: batches in the spill | hot: records in memory
//
// New records are appended hot. When they cost more than hot_limit, the oldest are carried to the
// spill, up to limits.journal a run. When that is full, room is made at the cold end: first of what
// every client has acknowledged, then, with overflow "drop", of what nobody has read yet. With
// "block" nothing more is taken: full() turns true, and whoever feeds the run leaves the program in
// its write(). Records that must never be dropped are pinned in memory when they go cold.
//
// Owned by its Run. Never: knows clients, sockets, time.
#pragma once

#include "notifier.hpp"
#include "record.hpp"
#include "request.hpp"
#include "spill.hpp"
#include "task_group.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace quern {

class Journal : public std::enable_shared_from_this<Journal> {
 public:
  struct Bounds {
    std::uint64_t disk = 256 * mib;
    Overflow overflow = Overflow::block;
  };

  Journal(TaskGroup& tasks, SpillStore& spill, Bounds bounds);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // The record's seq, total_before are given here; everything else is the caller's.
  RecordPtr append(Record record);
  std::int64_t next_seq() const { return next_seq_; }

  // Everything up to seq has been acknowledged by every client: it may be evicted.
  void release(std::int64_t seq);
  std::int64_t released() const { return released_; }
  // The run is over and read: keep little of it in memory.
  void settle();

  bool full() const { return hot_cost_ > hot_limit_ + slack; }
  // Called whenever there is room again, or still, after some was made.
  void on_room(std::function<void()> call) { on_room_ = std::move(call); }

  // What a reader at `seq` gets next.
  struct Batch {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::uint64_t total_before = 0;
    std::uint64_t bytes = 0;
    std::uint64_t out_end = 0;  // of each stream, behind this batch
    std::uint64_t err_end = 0;
    SpillStore::ExtentPtr extent;
  };
  struct Next {
    enum class Kind { nothing, record, cold, gone } kind = Kind::nothing;
    RecordPtr record;         // record
    Batch batch;              // cold: to be read from the spill
    std::int64_t resume = 0;  // gone: the first seq that is there again
    std::uint64_t resume_total = 0;
  };
  Next next(std::int64_t seq) const;
  // Throws system_error when the disk does not give it back; who meets that says lose(), and reads
  // on.
  boost::asio::awaitable<std::vector<RecordPtr>> read(const Batch& batch);
  void lose(const Batch& batch);

  // The first seq of the last `bytes` wire bytes, or a little more.
  std::int64_t tail(std::uint64_t bytes) const;

  // Up to `length` bytes of a stream from `from` on, or from the first that is still there.
  struct Slice {
    std::uint64_t from = 0;
    Blob bytes;
  };
  boost::asio::awaitable<Slice> slice(Stream stream, std::uint64_t from, std::uint64_t length);

  std::uint64_t held() const { return hot_cost_ + cold_bytes_; }
  std::uint64_t in_memory() const { return hot_cost_; }
  std::uint64_t total() const { return total_; }

  // In memory: small enough that hundreds of runs may flood, large enough that a client that keeps
  // up never waits for the disk.
  static constexpr std::uint64_t hot_limit = 2 * mib;
  static constexpr std::uint64_t settled_limit = 64 * kib;
  static constexpr std::uint64_t slack = 2 * mib;
  // Released records stay for this long a tail, whatever the disk says.
  static constexpr std::uint64_t always_kept = 1 * mib;

 private:
  // Hot to cold, until hot_limit_ holds.
  static boost::asio::awaitable<void> carry(std::weak_ptr<Journal> weak, SpillStore& spill);
  boost::asio::awaitable<bool> carry_batch();
  SpillStore::ExtentPtr allocate(std::uint64_t bytes);
  bool may_go(std::int64_t last) const;
  bool give_up_cold();
  bool give_up_hot();
  void pin(const RecordPtr& record);
  void start_carrying();

  TaskGroup& tasks_;
  SpillStore& spill_;
  Bounds bounds_;
  std::deque<RecordPtr> hot_;
  std::deque<Batch> cold_;
  std::deque<RecordPtr> pinned_;  // ascending; all older than the first hot record
  std::uint64_t pinned_cost_ = 0;
  std::uint64_t hot_cost_ = 0;
  std::uint64_t hot_limit_ = hot_limit;
  std::uint64_t cold_bytes_ = 0;
  std::uint64_t total_ = 0;
  std::int64_t next_seq_ = 0;
  std::int64_t released_ = -1;
  std::uint64_t out_end_ = 0;  // of each stream, behind what is cold or gone
  std::uint64_t err_end_ = 0;
  bool carrying_ = false;
  bool blocked_ = false;  // carrying waits for room
  std::function<void()> on_room_;
};

}  // namespace quern
