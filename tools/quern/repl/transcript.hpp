// SPDX-License-Identifier: Apache-2.0
// What was entered in a session and what came of it, for :history and :save. In memory, bounded:
// of much output the rest is left out, and the oldest output goes first.
#pragma once

#include "event.hpp"
#include "job.hpp"

#include <deque>
#include <string>
#include <vector>

namespace quern {

struct Cell {
  std::size_t number = 0;
  std::string run;
  RunMode mode = RunMode::query;
  Place place;
  std::string code;
  std::vector<Event> outcome;  // Output, Shown and ErrorRaised only
  std::size_t bytes = 0;       // of its outcome
  bool cut = false;            // some of it was left out
};

class Transcript {
 public:
  void begin(const Job& job);
  void drop(const std::string& run);  // it was refused, and so never run
  void take(const std::string& run, const Event& event);

  const std::deque<Cell>& cells() const { return cells_; }

 private:
  void add(Cell& cell, Event event, std::size_t size);
  bool update(const Shown& shown, const Place& place);
  void make_room();

  std::deque<Cell> cells_;
  std::size_t bytes_ = 0;
};

}  // namespace quern
