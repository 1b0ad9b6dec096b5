// SPDX-License-Identifier: Apache-2.0
// Follows one run at the prompt, from its start or from where it was left, to its end or until it
// is left.
//
//   Ctrl-C   interrupts it; a second within a second asks whether to kill it, a third says yes
//   Ctrl-Z   leaves it to the daemon
//   Ctrl-D   asks whether to leave the prompt
//
// An interrupt comes with no deadline: what a context knows is lost only when somebody says so.
// Without a terminal a second Ctrl-C kills. Shows nothing twice and leaves nothing out, whatever
// becomes of the connection. SIGTERM and its like end the run as they would end a program.
#pragma once

#include "followed_run.hpp"
#include "input_feed.hpp"
#include "job.hpp"
#include "question.hpp"
#include "run_terminal.hpp"
#include "surface.hpp"
#include "view.hpp"

#include <deque>
#include <optional>
#include <string>

namespace quern {

class Watch {
 public:
  enum class How { finished, left, leaving, ended_by_signal };

  // `on_leaving`: what is asked at Ctrl-D; empty: no terminal, so nothing is asked or read.
  Watch(Session& session, const Surface& surface, View& view, Job& job, std::string on_leaving);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void start(StartRun request);
  void come_back();

  const std::optional<Finished>& finished() const { return finished_; }
  bool is_leaving() const { return wish_ == How::leaving; }  // the prompt too
  int signal() const { return signal_; }                     // that ended us

 private:
  void follow();
  void turn();
  void wait();
  void handle(const Message& message);
  void on_event(const Message& message);
  void on_prompt(const WaitingInput& prompt);
  void on_prompt_closed();
  void take_input();
  void offer(const Input& input);
  void attach_again();
  void heed_keys();
  void on_signal(int number);
  void on_interrupt();
  void offer_to_kill();
  void offer_to_leave();
  void say_that_it_goes_on();
  void leave_it(How wish);
  void look_at_what_is_typed();
  bool ask(const std::string& text, Answer on_interrupt);
  std::chrono::milliseconds patience() const;

  Session& session_;
  const Surface& surface_;
  Signals& signals_;
  Writer& writer_;
  View& view_;
  Job& job_;
  std::string on_leaving_;
  std::optional<RunTerminal> terminal_;
  InputFeed input_;
  FollowedRun run_;
  std::string input_id_;
  std::string detach_id_;
  std::optional<Finished> finished_;
  How wish_ = How::finished;
  std::optional<How> how_;
  bool typed_ahead_ = false;    // what is typed belongs to what comes later
  bool answer_unseen_ = false;  // it was typed before the program asked
  int interrupts_ = 0;
  Clock::time_point interrupted_;
  bool was_interrupted_ = false;
  std::optional<Clock::time_point> hint_at_;
  int signal_ = 0;
  std::optional<Clock::time_point> leave_at_;
};

}  // namespace quern
