// SPDX-License-Identifier: Apache-2.0
// A run that we listen to: its start or our attach to it, which of its events are new, what is
// acknowledged, and how we come back to it after a cut connection.
//
// Nothing is taken twice and nothing left out: it attaches again behind the last event that was
// taken, and a start of which nobody knows whether it arrived is sent again under the same name.
#pragma once

#include "session.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace quern {

class FollowedRun {
 public:
  enum class Reply { other, started, attached };

  explicit FollowedRun(Session& session) : session_(session) {}

  void start(StartRun request, const std::string& name);
  void attach(Attach request);
  void attach_again();  // on a new connection

  const std::string& name() const { return name_; }
  bool is_ours() const { return ours_.has_value(); }
  bool is_started() const { return start_id_.empty(); }
  // A start that may not have arrived: to attach again is to start again.
  bool is_starting() const { return start_id_ == name_; }

  // Whether a reply is that to our start or attach. Throws when it was refused.
  Reply take_reply(const Message& message);
  bool is_event(const Message& message) const;
  // The event, unless it was taken before.
  std::optional<Stamped> take_event(const Message& message);

  void acknowledge();
  void acknowledge_much();  // if enough has been taken
  // After this long without another message it is time to acknowledge; empty: nothing is owed.
  std::optional<std::chrono::milliseconds> acknowledges_after() const;

 private:
  Session& session_;
  std::string name_;
  std::optional<StartRun> ours_;  // the request, to be sent again when nobody knows if it arrived
  std::uint64_t window_ = default_window;
  std::string start_id_;  // of the run or attach whose reply is not here yet
  bool sent_again_ = false;
  std::int64_t last_seq_ = -1;  // of what was taken; -1: nothing yet
  std::size_t unacknowledged_ = 0;
};

}  // namespace quern
