// SPDX-License-Identifier: Apache-2.0
// A client of the tests: writes down all it hears, in the order heard.
//
// Events are decoded as a client would decode them; their times are set to zero, for no two are
// alike. A test that wants to do something in the middle of being told sets on_event.
#pragma once

#include "event_text.hpp"
#include "native_codec.hpp"
#include "peer.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quern {

struct Answer {
  std::string id;
  Reply reply;
  friend bool operator==(const Answer&, const Answer&) = default;
};

class RecordingPeer final : public Peer {
 public:
  using Heard = std::variant<Answer, Stamped, ContextChanged>;

  explicit RecordingPeer(std::string conn = "c1") : conn_(std::move(conn)) {}

  const std::string& conn() const override { return conn_; }
  void reply(const std::string& id, const Reply& reply) override {
    heard.emplace_back(Answer{id, reply});
  }
  void event(const Record& record) override {
    auto stamped = decode_event(record.head, record.body.view());
    REQUIRE(stamped.has_value());
    REQUIRE(stamped->seq == record.seq);
    stamped->t = microseconds{0};
    wire += record.wire();
    largest = std::max(largest, record.wire());
    heard.emplace_back(std::move(*stamped));
    if (on_event) on_event(record);
  }
  void gap(const Stamped& gap) override { heard.emplace_back(gap); }
  void context(const ContextChanged& event) override { heard.emplace_back(event); }

  std::vector<Stamped> stamped() const { return all<Stamped>(); }
  std::vector<Answer> answers() const { return all<Answer>(); }
  std::vector<ContextChanged> contexts() const { return all<ContextChanged>(); }

  std::vector<Event> events() const {
    std::vector<Event> events;
    for (const Stamped& one : stamped()) events.push_back(one.event);
    return events;
  }

  // The reply to the request of this id; there must be exactly one.
  const Reply& answer(const std::string& id) const {
    const Reply* found = nullptr;
    for (const Heard& one : heard) {
      const auto* answer = std::get_if<Answer>(&one);
      if (!answer || answer->id != id) continue;
      if (found) FAIL("two replies to " << id);
      found = &answer->reply;
    }
    if (!found) FAIL("no reply to " << id);
    return *found;
  }
  bool answered(const std::string& id) const {
    for (const Answer& one : answers()) {
      if (one.id == id) return true;
    }
    return false;
  }

  // All of one stream, as far as it came.
  std::string output(Stream stream = Stream::out) const {
    std::string bytes;
    for (const Stamped& one : stamped()) {
      const auto* output = std::get_if<Output>(&one.event);
      if (output && output->stream == stream) bytes += output->bytes.view();
    }
    return bytes;
  }

  bool finished() const {
    for (const Stamped& one : stamped()) {
      if (std::holds_alternative<Finished>(one.event)) return true;
    }
    return false;
  }

  std::vector<Heard> heard;
  std::uint64_t wire = 0;     // bytes of all events heard
  std::uint64_t largest = 0;  // of them
  std::function<void(const Record&)> on_event;

 private:
  template <class T>
  std::vector<T> all() const {
    std::vector<T> these;
    for (const Heard& one : heard) {
      if (const auto* found = std::get_if<T>(&one)) these.push_back(*found);
    }
    return these;
  }

  std::string conn_;
};

}  // namespace quern
