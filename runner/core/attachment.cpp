// SPDX-License-Identifier: Apache-2.0
#include "attachment.hpp"

#include <algorithm>
#include <system_error>

namespace quern {

namespace asio = boost::asio;

namespace {

// Small events share a stretch: bounds the bookkeeping of a window full of them.
constexpr std::uint64_t stretch_size = 16 * kib;

}  // namespace

Attachment::Attachment(TaskGroup& tasks, std::string name, std::shared_ptr<Journal> journal,
                       std::shared_ptr<Peer> peer, std::int64_t next, std::uint64_t window)
    : tasks_(tasks),
      name_(std::move(name)),
      journal_(std::move(journal)),
      peer_(std::move(peer)),
      next_(next),
      acked_(next - 1),
      window_(window) {}

void Attachment::advance() {
  while (!ended_ && !loading_ && in_flight_bytes_ < window_) {
    if (!send_next()) return;
  }
}

// False when there is nothing to send now.
bool Attachment::send_next() {
  if (!loaded_.empty()) {
    auto next = std::lower_bound(loaded_.begin(), loaded_.end(), next_,
                                 [](const RecordPtr& r, std::int64_t s) { return r->seq < s; });
    if (next != loaded_.end() && (*next)->seq == next_) {
      send(**next);
      return true;
    }
    loaded_.clear();
  }
  Journal::Next next = journal_->next(next_);
  switch (next.kind) {
    case Journal::Next::Kind::nothing: return false;
    case Journal::Next::Kind::record: send(*next.record); return true;
    case Journal::Next::Kind::gone: send_gap(next); return true;
    case Journal::Next::Kind::cold:
      loading_ = true;
      tasks_.spawn(load(shared_from_this(), std::move(next.batch)));
      return false;
  }
  return false;
}

void Attachment::send(const Record& record) {
  next_ = record.seq + 1;
  position_ = record.total_before + record.wire();
  in_flight_bytes_ += record.wire();
  if (in_flight_.empty() || in_flight_.back().bytes >= stretch_size) in_flight_.push_back({});
  in_flight_.back().last = record.seq;
  in_flight_.back().bytes += record.wire();
  peer_->event(record);
}

void Attachment::send_gap(const Journal::Next& gone) {
  Gap gap{next_, gone.resume - 1, gone.resume_total - std::min(position_, gone.resume_total)};
  next_ = gone.resume;
  position_ = gone.resume_total;
  peer_->gap(Stamped{name_, gap.to, microseconds{0}, gap});
}

asio::awaitable<void> Attachment::load(std::shared_ptr<Attachment>, Journal::Batch batch) {
  auto journal = journal_;
  std::vector<RecordPtr> records;
  try {
    records = co_await journal->read(batch);
  } catch (const std::system_error&) {
    journal->lose(batch);  // the client is told by a gap
  }
  loading_ = false;
  if (ended_) co_return;
  loaded_ = std::move(records);
  advance();
}

void Attachment::ack(std::int64_t seq) {
  acked_ = std::max(acked_, std::min(seq, next_ - 1));
  while (!in_flight_.empty() && in_flight_.front().last <= acked_) {
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
  advance();
}

void Attachment::end() {
  ended_ = true;
  loaded_.clear();
}

}  // namespace quern
