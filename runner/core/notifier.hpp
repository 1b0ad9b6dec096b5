// SPDX-License-Identifier: Apache-2.0
// Lets coroutines wait until something has changed. Who is woken looks for himself at what it is.
//
// Outlives those who wait. Never: carries a value, remembers a notification for later.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <list>

namespace quern {

class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Notifier(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void notify() {
    for (boost::asio::steady_timer* waiting : waiting_) waiting->cancel();
  }

  boost::asio::awaitable<void> wait() { return wait_until(TimePoint::max()); }

  boost::asio::awaitable<void> wait_until(TimePoint deadline) {
    boost::asio::steady_timer timer(executor_, deadline);
    Entry entry(waiting_, timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  using Waiting = std::list<boost::asio::steady_timer*>;

  struct Entry {
    Entry(Waiting& list, boost::asio::steady_timer& timer)
        : list(list), place(list.insert(list.end(), &timer)) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { list.erase(place); }
    Waiting& list;
    Waiting::iterator place;
  };

  boost::asio::any_io_executor executor_;
  Waiting waiting_;
};

}  // namespace quern
