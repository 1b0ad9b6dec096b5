// SPDX-License-Identifier: Apache-2.0
// Notices that a program asks for something that is not to be seen: its terminal edits lines and
// does not show them.
//
// Nothing tells when a program changes its terminal, so it is looked at: right after something was
// written, then ever more seldom, by the schedule of StdinWatch. What is seen is believed at the
// second look, for a program that has just hidden its input may write its question yet.
//
// A question that was answered is not asked again for what the terminal still is: only when the
// program writes, has shown its input meanwhile, or still hides it some time after a whole line.
// Owned by a run, and its run() is over before it goes. Never: reads or writes a byte.
#pragma once

#include "looks.hpp"

#include <functional>
#include <optional>

namespace quern {

class Terminal;

class EchoWatch {
 public:
  struct Told {
    std::function<void()> hidden;
    std::function<void()> shown;  // after hidden, unless an answer came before
  };
  EchoWatch(boost::asio::any_io_executor executor, const Terminal& terminal, Told told);

  void stir();                        // the program has written something
  void answered(bool whole_line);     // something was typed
  void finish() { looks_.finish(); }  // for good

  boost::asio::awaitable<void> run() { return looks_.run(); }  // until finish(), or cancelled

 private:
  using Clock = LookSchedule::Clock;
  void look();
  void look_afresh();
  bool may_ask(Clock::time_point now) const;

  const Terminal& terminal_;
  const Told told_;
  bool told_hidden_ = false;
  bool answered_ = false;  // what is seen now is known, until something changes
  std::optional<Clock::time_point> again_at_;
  Looks looks_;
};

}  // namespace quern
