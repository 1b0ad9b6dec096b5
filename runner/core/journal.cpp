// SPDX-License-Identifier: Apache-2.0
#include "journal.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace quern {

namespace asio = boost::asio;

namespace {

// One trip to the spill: amortises the hop to the file thread.
constexpr std::uint64_t batch_size = SpillStore::unit;
// Pinned records are few; of a run that makes more of them, those that were acknowledged go.
constexpr std::uint64_t pinned_limit = 256 * kib;
// How long a blocked journal waits for space that somebody else may free.
constexpr std::chrono::seconds retry{1};

std::uint64_t end_of(const Record& record) { return record.off + record.body.size(); }

}  // namespace

Journal::Journal(TaskGroup& tasks, SpillStore& spill, Bounds bounds)
    : tasks_(tasks), spill_(spill), bounds_(bounds) {}

RecordPtr Journal::append(Record record) {
  record.seq = next_seq_++;
  record.total_before = total_;
  total_ += record.wire();
  auto shared = std::make_shared<const Record>(std::move(record));
  hot_cost_ += shared->cost();
  hot_.push_back(shared);
  start_carrying();
  return shared;
}

void Journal::release(std::int64_t seq) {
  released_ = std::max(released_, seq);
  if (blocked_) spill_.freed().notify();
}

void Journal::settle() {
  hot_limit_ = settled_limit;
  start_carrying();
}

void Journal::start_carrying() {
  if (carrying_ || hot_cost_ <= hot_limit_) return;
  carrying_ = true;
  tasks_.spawn(carry(weak_from_this(), spill_));
}

// Static: a journal that is forgotten while it waits for space goes, and gives its own back.
asio::awaitable<void> Journal::carry(std::weak_ptr<Journal> weak, SpillStore& spill) {
  while (std::shared_ptr<Journal> self = weak.lock()) {
    if (self->hot_cost_ <= self->hot_limit_ || self->hot_.size() <= 1) {
      self->carrying_ = false;
      co_return;
    }
    self->blocked_ = !co_await self->carry_batch();
    // It may have become full, and somebody told to wait, while the disk worked.
    if (!self->full() && self->on_room_) self->on_room_();
    if (!self->blocked_) continue;
    self.reset();
    co_await spill.freed().wait_until(std::chrono::steady_clock::now() + retry);
  }
}

// False when there is no room and none may be made.
asio::awaitable<bool> Journal::carry_batch() {
  std::vector<RecordPtr> records;
  std::uint64_t bytes = 0;
  std::uint64_t cost = 0;
  for (const RecordPtr& record : hot_) {
    std::uint64_t size = SpillStore::stored_size(*record);
    if (!records.empty() && (bytes + size > batch_size || hot_cost_ - cost <= hot_limit_ / 2))
      break;
    records.push_back(record);
    bytes += size;
    cost += record->cost();
  }
  SpillStore::ExtentPtr extent = allocate(bytes);
  bool written = false;
  if (extent) written = co_await spill_.write(extent, records);
  // A disk that is full before its bound: the oldest makes room, as it does at the bound.
  while (extent && !written && give_up_cold()) {
    extent = allocate(bytes);
    if (extent) written = co_await spill_.write(extent, records);
  }
  if (!written) co_return give_up_hot();
  Batch batch{records.front()->seq,
              records.back()->seq,
              records.front()->total_before,
              bytes,
              out_end_,
              err_end_,
              extent};
  for (const RecordPtr& record : records) {
    if (record->stream == Stream::out) batch.out_end = end_of(*record);
    if (record->stream == Stream::err) batch.err_end = end_of(*record);
    if (!record->droppable) pin(record);
    hot_cost_ -= record->cost();
    hot_.pop_front();
  }
  out_end_ = batch.out_end;
  err_end_ = batch.err_end;
  cold_bytes_ += bytes;
  spill_.count_carried(bytes);
  cold_.push_back(std::move(batch));
  co_return true;
}

SpillStore::ExtentPtr Journal::allocate(std::uint64_t bytes) {
  while (cold_bytes_ + bytes > bounds_.disk) {
    if (!give_up_cold()) return nullptr;
  }
  SpillStore::ExtentPtr extent = spill_.allocate(bytes);
  while (!extent && give_up_cold()) extent = spill_.allocate(bytes);
  return extent;
}

// What every client has acknowledged may go, and with "drop" whatever is oldest.
bool Journal::may_go(std::int64_t last) const {
  return last <= released_ || bounds_.overflow == Overflow::drop;
}

bool Journal::give_up_cold() {
  if (cold_.empty() || !may_go(cold_.front().last)) return false;
  if (cold_.front().last > released_) spill_.count_given_up(cold_.front().bytes);
  cold_bytes_ -= cold_.front().bytes;
  cold_.pop_front();
  return true;
}

// No disk takes them: what may go of the oldest goes from memory. False when nothing may.
bool Journal::give_up_hot() {
  while (give_up_cold()) {
  }
  if (!cold_.empty()) return false;
  bool any = false;
  while (hot_cost_ > hot_limit_ && hot_.size() > 1 &&
         hot_cost_ - hot_.front()->cost() >= always_kept && may_go(hot_.front()->seq)) {
    const RecordPtr& record = hot_.front();
    if (record->stream == Stream::out) out_end_ = end_of(*record);
    if (record->stream == Stream::err) err_end_ = end_of(*record);
    if (!record->droppable) {
      pin(record);
    } else if (record->seq > released_) {
      spill_.count_given_up(record->wire());
    }
    hot_cost_ -= record->cost();
    hot_.pop_front();
    any = true;
  }
  return any;
}

void Journal::lose(const Batch& batch) {
  auto lost = std::find_if(cold_.begin(), cold_.end(),
                           [&](const Batch& b) { return b.first == batch.first; });
  if (lost == cold_.end()) return;
  cold_bytes_ -= lost->bytes;
  spill_.count_given_up(lost->bytes);
  cold_.erase(lost);
}

void Journal::pin(const RecordPtr& record) {
  pinned_.push_back(record);
  pinned_cost_ += record->cost();
  while (pinned_cost_ > pinned_limit && pinned_.front()->seq <= released_) {
    pinned_cost_ -= pinned_.front()->cost();
    pinned_.pop_front();
  }
}

Journal::Next Journal::next(std::int64_t seq) const {
  Next answer;
  if (seq >= next_seq_) return answer;
  std::int64_t first_hot = hot_.empty() ? next_seq_ : hot_.front()->seq;
  if (seq >= first_hot) {
    answer.kind = Next::Kind::record;
    answer.record = hot_[static_cast<std::size_t>(seq - first_hot)];
    return answer;
  }
  auto batch = std::lower_bound(cold_.begin(), cold_.end(), seq,
                                [](const Batch& b, std::int64_t s) { return b.last < s; });
  if (batch != cold_.end() && batch->first <= seq) {
    answer.kind = Next::Kind::cold;
    answer.batch = *batch;
    return answer;
  }
  auto pinned = std::lower_bound(pinned_.begin(), pinned_.end(), seq,
                                 [](const RecordPtr& r, std::int64_t s) { return r->seq < s; });
  if (pinned != pinned_.end() && (*pinned)->seq == seq) {
    answer.kind = Next::Kind::record;
    answer.record = *pinned;
    return answer;
  }
  answer.kind = Next::Kind::gone;
  answer.resume = batch != cold_.end() ? batch->first : first_hot;
  answer.resume_total = batch != cold_.end() ? batch->total_before : total_;
  if (batch == cold_.end() && !hot_.empty()) answer.resume_total = hot_.front()->total_before;
  if (pinned != pinned_.end() && (*pinned)->seq < answer.resume) {
    answer.resume = (*pinned)->seq;
    answer.resume_total = (*pinned)->total_before;
  }
  return answer;
}

asio::awaitable<std::vector<RecordPtr>> Journal::read(const Batch& batch) {
  co_return co_await spill_.read(batch.extent, batch.bytes);
}

std::int64_t Journal::tail(std::uint64_t bytes) const {
  std::uint64_t start = total_ > bytes ? total_ - bytes : 0;
  // The last record that begins at or before `start`.
  auto hot =
      std::upper_bound(hot_.begin(), hot_.end(), start,
                       [](std::uint64_t s, const RecordPtr& r) { return s < r->total_before; });
  if (hot != hot_.begin()) return (*std::prev(hot))->seq;
  auto cold = std::upper_bound(cold_.begin(), cold_.end(), start,
                               [](std::uint64_t s, const Batch& b) { return s < b.total_before; });
  if (cold != cold_.begin()) return std::prev(cold)->first;
  if (!cold_.empty()) return cold_.front().first;
  return hot_.empty() ? next_seq_ : hot_.front()->seq;
}

asio::awaitable<Journal::Slice> Journal::slice(Stream stream, std::uint64_t from,
                                               std::uint64_t length) {
  Slice slice{from, {}};
  std::string bytes;
  bool begun = false;
  auto take = [&](const Record& record) {
    if (record.stream != stream || end_of(record) <= from || bytes.size() >= length) return;
    std::uint64_t at = std::max(from, record.off);
    if (begun && at != from) return;  // behind a piece that was lost
    if (!begun) slice.from = at;
    begun = true;
    bytes.append(record.body.view().substr(at - record.off, length - bytes.size()));
    from = end_of(record);
  };
  // Copies: while the disk is read, the journal may go on.
  std::vector<Batch> cold(cold_.begin(), cold_.end());
  std::vector<RecordPtr> hot(hot_.begin(), hot_.end());
  for (const Batch& batch : cold) {
    std::uint64_t end = stream == Stream::out ? batch.out_end : batch.err_end;
    if (end <= from || bytes.size() >= length) continue;
    std::vector<RecordPtr> records = co_await read(batch);
    for (const RecordPtr& record : records) take(*record);
  }
  for (const RecordPtr& record : hot) take(*record);
  slice.bytes = Blob(bytes);
  co_return slice;
}

}  // namespace quern
