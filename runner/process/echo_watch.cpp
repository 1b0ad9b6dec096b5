// SPDX-License-Identifier: Apache-2.0
#include "echo_watch.hpp"

#include "terminal.hpp"

#include <utility>

namespace quern {
namespace {

// Who has got a line and asks for nothing more has shown the input again by then.
constexpr std::chrono::milliseconds taken_by{200};

// One system call, and as little again for its surroundings.
constexpr std::chrono::microseconds cost_of_a_look{5};

// All hidden terminals look alike; the schedule is to believe one when it is seen twice.
constexpr StdinWait seen_hidden{.thread = 1, .call = 0, .listens = true};

}  // namespace

EchoWatch::EchoWatch(boost::asio::any_io_executor executor, const Terminal& terminal, Told told)
    : terminal_(terminal), told_(std::move(told)), looks_(executor, [this] { look(); }) {}

void EchoWatch::stir() {
  answered_ = false;
  looks_.stir();
}

void EchoWatch::answered(bool whole_line) {
  told_hidden_ = false;
  answered_ = true;
  again_at_.reset();
  if (whole_line) again_at_ = Clock::now() + taken_by;
  look_afresh();
}

// The schedule believes that somebody waits for longer than it is seen, as a terminal need not.
void EchoWatch::look_afresh() {
  looks_.stop();
  looks_.stir();
}

bool EchoWatch::may_ask(Clock::time_point now) const {
  return !told_hidden_ && (!answered_ || (again_at_ && now >= *again_at_));
}

void EchoWatch::look() {
  const auto now = Clock::now();
  const bool hides = terminal_.hides_input();
  const bool asks = hides && (told_hidden_ || may_ask(now));
  const bool news =
      looks_.looked(now, cost_of_a_look, asks ? std::optional(seen_hidden) : std::nullopt);
  if (!hides) answered_ = false;
  if (!hides && std::exchange(told_hidden_, false)) {
    look_afresh();
    told_.shown();
  } else if (hides && news) {
    told_hidden_ = true;
    told_.hidden();
  }
}

}  // namespace quern
