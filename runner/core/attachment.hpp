// SPDX-License-Identifier: Apache-2.0
// One client's reading of one run: where it is, what it has acknowledged, how far it may lag.
//
// Owned by the Run; the spill may hold it a little longer while it reads. Sends as much as the
// window allows whenever something was appended or acknowledged. Losing one touches nothing else.
#pragma once

#include "journal.hpp"
#include "peer.hpp"

#include <deque>
#include <memory>
#include <string>

namespace quern {

class Attachment : public std::enable_shared_from_this<Attachment> {
 public:
  // `name` is the run's. Events from `next` on are sent.
  Attachment(TaskGroup& tasks, std::string name, std::shared_ptr<Journal> journal,
             std::shared_ptr<Peer> peer, std::int64_t next, std::uint64_t window);

  void advance();  // sends what may be sent
  void ack(std::int64_t seq);
  void end();  // nothing is sent after this

  const std::shared_ptr<Peer>& peer() const { return peer_; }
  std::int64_t acked() const { return acked_; }
  std::int64_t next() const { return next_; }
  void resize_window(std::uint64_t window) { window_ = window; }

 private:
  bool send_next();
  void send(const Record& record);
  void send_gap(const Journal::Next& gone);
  boost::asio::awaitable<void> load(std::shared_ptr<Attachment> self, Journal::Batch batch);

  TaskGroup& tasks_;
  std::string name_;
  std::shared_ptr<Journal> journal_;
  std::shared_ptr<Peer> peer_;
  std::int64_t next_;
  std::int64_t acked_;
  std::uint64_t window_;
  std::uint64_t position_ = 0;  // wire bytes of the run's events before next_, as far as known
  // What is on its way, in stretches of about 16 KiB: the last seq of each, and its bytes.
  struct Stretch {
    std::int64_t last = 0;
    std::uint64_t bytes = 0;
  };
  std::deque<Stretch> in_flight_;
  std::uint64_t in_flight_bytes_ = 0;
  std::vector<RecordPtr> loaded_;  // a batch from the spill that is being sent
  bool loading_ = false;
  bool ended_ = false;
};

}  // namespace quern
