// SPDX-License-Identifier: Apache-2.0
// Work that runs to its end although its caller has been or is being cancelled.
//
// Asio's cancellation belongs to a whole stack of coroutines: switching it off for one of them
// would leave it off for its callers. So the work gets a stack of its own, which the caller awaits;
// nothing is left running. A cancellation that came meanwhile is thrown at the caller's next
// co_await, as always. The work's exceptions pass.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

namespace quern {

template <typename T>
boost::asio::awaitable<T> uncancelled(boost::asio::awaitable<T> work) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_return co_await std::move(work);
}

template <typename T>
boost::asio::awaitable<T> shielded(boost::asio::awaitable<T> work) {
  const auto executor = co_await boost::asio::this_coro::executor;
  // A caller that is cancelled already could not wait for the work otherwise.
  const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  if constexpr (std::is_void_v<T>) {
    co_await boost::asio::co_spawn(executor, uncancelled(std::move(work)),
                                   boost::asio::use_awaitable);
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
  } else {
    T value = co_await boost::asio::co_spawn(executor, uncancelled(std::move(work)),
                                             boost::asio::use_awaitable);
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    co_return value;
  }
}

}  // namespace quern
