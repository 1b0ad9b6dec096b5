// SPDX-License-Identifier: Apache-2.0
#include "looks.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace quern {

namespace asio = boost::asio;
using Clock = LookSchedule::Clock;

Looks::Looks(asio::any_io_executor executor, std::function<void()> look)
    : look_(std::move(look)), due_(executor, asio::steady_timer::time_point::max()) {
  schedule_.stir(Clock::now());
}

void Looks::stir() {
  if (finished_) return;
  schedule_.stir(Clock::now());
  if (*schedule_.due() < due_.expiry()) due_.cancel();
}

void Looks::stop() { schedule_.stop(); }

void Looks::finish() {
  finished_ = true;
  schedule_.stop();
  due_.cancel();
}

asio::awaitable<void> Looks::run() {
  while (!finished_) {
    due_.expires_at(schedule_.due().value_or(asio::steady_timer::time_point::max()));
    co_await due_.async_wait(asio::as_tuple(asio::use_awaitable));
    // Left without the exception that a cancelled co_await throws.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    if (const auto due = schedule_.due(); due && Clock::now() >= *due) look_();
  }
}

}  // namespace quern
