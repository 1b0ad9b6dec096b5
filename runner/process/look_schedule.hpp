// SPDX-License-Identifier: Apache-2.0
// When to look whether a program waits for its stdin, and when what was seen is believed. Pure:
// time is told.
//
// A program asks right after it has written its question, so that is when to look: a millisecond
// after something stirred (output, input, a start), then ever more seldom while nothing does. Who
// reads is believed at once; who only listens, when the same thread does so in the same call at two
// looks some time apart with nothing written between them.
//
// Once believed it is looked at seldom, lest the wait be over by itself: a signal, a time-out. It
// is taken for over when it has not been seen for a while, so that who does something else between
// two waits of a loop still waits.
//
// Looks take no more than a hundredth of the time, whatever one costs and however often the program
// stirs; a little is saved up for questions that come close together.
#pragma once

#include "stdin_wait.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace quern {

class LookSchedule {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Span = std::chrono::nanoseconds;

  void stir(Time now);
  void stop();  // no look until it stirs again, and nothing is believed

  std::optional<Time> due() const { return due_; }
  bool waits() const { return waits_; }  // what is believed

  // Once looked: what that cost of a processor, and what was seen. True when that changes what is
  // believed.
  bool looked(Time now, Span cost, const std::optional<StdinWait>& seen);

 private:
  bool looked_for_a_wait(Time now, const std::optional<StdinWait>& seen);
  bool looked_at_a_wait(Time now, bool seen);
  void set_due(Time wanted);
  void save_up(Time now);

  std::optional<Time> due_;
  std::size_t quiet_looks_ = 0;  // since it stirred
  std::optional<StdinWait> candidate_;
  Time candidate_since_{};
  bool waits_ = false;
  std::optional<Time> missed_since_;  // a wait that was believed
  std::optional<Time> counted_;       // until when savings_ are right
  Span savings_{};
};

}  // namespace quern
