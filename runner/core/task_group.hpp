// SPDX-License-Identifier: Apache-2.0
// Owns running coroutines: none of them outlives the group.
//
// spawn() starts one, which on the loop runs up to its first wait before spawn() returns. cancel()
// asks all to end; it is called on the loop only, for elsewhere Asio would carry it out later, on
// tasks that may be gone. join() waits for them and rethrows the first failure, which has cancelled
// its siblings. A group must be joined before it is destroyed; one that was not is a bug and
// aborts. The only other place that starts a coroutine is main.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "notifier.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>

namespace quern {

class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  void spawn(boost::asio::awaitable<void> task);
  void cancel();
  boost::asio::awaitable<void> join();

  bool empty() const { return tasks_.empty(); }
  boost::asio::any_io_executor executor() const { return executor_; }

 private:
  boost::asio::any_io_executor executor_;
  Notifier ended_;
  std::list<boost::asio::cancellation_signal> tasks_;
  std::exception_ptr failure_;
};

// Runs body(group), then ends and joins the group's tasks, whatever body came to.
template <class Body>
boost::asio::awaitable<void> with_tasks(boost::asio::any_io_executor executor, Body body) {
  TaskGroup group(executor);
  std::exception_ptr failure;
  try {
    co_await body(group);
  } catch (...) {
    failure = std::current_exception();
  }
  // After a cancellation the next co_await would throw; the tasks must be joined all the same.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  group.cancel();
  co_await group.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace quern
