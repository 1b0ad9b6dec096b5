// SPDX-License-Identifier: Apache-2.0
// When to look whether a program waits for its stdin, and when what was seen is believed. Pure:
// time is told.
//
// A program asks right after it has written its question, so that is when to look: a millisecond
// after something stirred (output, input, a start), then ever more seldom while nothing does. Who
// reads is believed at once; who only listens, when the same thread does so in the same call at two
// looks some time apart with nothing written between them.
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
  void stop();  // no look until it stirs again

  std::optional<Time> due() const { return due_; }

  // Once looked: what that cost of a processor, and what was seen. True when it is believed; then
  // no further look is due.
  bool looked(Time now, Span cost, const std::optional<StdinWait>& seen);

 private:
  void set_due(Time wanted);
  void save_up(Time now);

  std::optional<Time> due_;
  std::size_t quiet_looks_ = 0;  // since it stirred
  std::optional<StdinWait> candidate_;
  Time candidate_since_{};
  std::optional<Time> counted_;  // until when savings_ are right
  Span savings_{};
};

}  // namespace quern
