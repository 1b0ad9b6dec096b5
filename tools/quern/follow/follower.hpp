// SPDX-License-Identifier: Apache-2.0
// Follows one run from its start, or from an attach, to its end: shows its events, feeds it our
// stdin, passes our signals on.
//
// Lives for one run; everything it uses is lent. After a cut connection it attaches again behind
// the last event that it has shown, so that nothing is shown twice and nothing left out.
//
//   SIGINT              interrupts the run; a second within a second kills it; a third leaves it
//   SIGTERM and others  a run of ours is interrupted, with a grace of a second; then we leave
//
// Never: starts or ends a daemon, prints by itself.
#pragma once

#include "followed_run.hpp"
#include "input_feed.hpp"
#include "signals.hpp"
#include "view.hpp"

#include <optional>
#include <string>

namespace quern {

class Follower {
 public:
  struct Ending {
    std::optional<Finished> finished;  // empty: we left it
    int signal = 0;                    // of ours, that made us leave
    int exit_code() const;
  };

  Follower(Session& session, Signals& signals, Writer& writer, View& view, InputFeed& input);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  Ending run(StartRun request, const std::string& name);
  Ending attach(Attach request);

 private:
  Ending follow();
  bool is_over() const;
  void handle(const Message& message);
  void on_reply(const Message& message);
  void on_event(const Message& message);
  void on_signal(int number);
  void attach_again();
  void take_input();
  void offer(const Input& input);
  void turn();
  std::chrono::milliseconds patience() const;

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  View& view_;
  InputFeed& input_;

  FollowedRun run_;
  std::string input_id_;
  std::optional<Finished> finished_;
  bool closed_ = false;
  int interrupts_ = 0;
  Clock::time_point interrupted_;
  int leaving_ = 0;
  Clock::time_point leave_at_;
};

}  // namespace quern
