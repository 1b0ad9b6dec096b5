// SPDX-License-Identifier: Apache-2.0
#include "echo_watch.hpp"

#include "terminal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

// Who has got a line and asks for nothing more has shown the input again by then.
constexpr std::chrono::milliseconds taken_by{200};

// One system call, and as little again for its surroundings.
constexpr std::chrono::microseconds cost_of_a_look{5};

// All hidden terminals look alike; the schedule is to believe one when it is seen twice.
constexpr StdinWait seen_hidden{.thread = 1, .call = 0, .listens = true};

}  // namespace

EchoWatch::EchoWatch(asio::any_io_executor executor, const Terminal& terminal, Told told)
    : terminal_(terminal),
      told_(std::move(told)),
      due_(executor, asio::steady_timer::time_point::max()) {
  schedule_.stir(Clock::now());
}

void EchoWatch::stir() {
  answered_ = false;
  look_soon();
}

void EchoWatch::answered(bool whole_line) {
  told_hidden_ = false;
  answered_ = true;
  again_at_.reset();
  if (whole_line) again_at_ = Clock::now() + taken_by;
  look_afresh();
}

void EchoWatch::finish() {
  finished_ = true;
  schedule_.stop();
  due_.cancel();
}

// The schedule believes that somebody waits for longer than it is seen, as a terminal need not.
void EchoWatch::look_afresh() {
  schedule_.stop();
  look_soon();
}

void EchoWatch::look_soon() {
  if (finished_) return;
  schedule_.stir(Clock::now());
  if (*schedule_.due() < due_.expiry()) due_.cancel();
}

asio::awaitable<void> EchoWatch::run() {
  while (!finished_) {
    due_.expires_at(schedule_.due().value_or(asio::steady_timer::time_point::max()));
    co_await due_.async_wait(asio::as_tuple(asio::use_awaitable));
    // Left without the exception that a cancelled co_await throws.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    if (const auto due = schedule_.due(); due && Clock::now() >= *due) look();
  }
}

bool EchoWatch::may_ask(Clock::time_point now) const {
  return !told_hidden_ && (!answered_ || (again_at_ && now >= *again_at_));
}

void EchoWatch::look() {
  const auto now = Clock::now();
  const bool hides = terminal_.hides_input();
  const bool asks = hides && (told_hidden_ || may_ask(now));
  const bool news =
      schedule_.looked(now, cost_of_a_look, asks ? std::optional(seen_hidden) : std::nullopt);
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
