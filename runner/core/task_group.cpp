// SPDX-License-Identifier: Apache-2.0
#include "task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace quern {

namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor) : executor_(executor), ended_(executor) {}

TaskGroup::~TaskGroup() {
  if (tasks_.empty()) return;
  std::fputs("quern: a task group was destroyed while its tasks ran\n", stderr);
  std::abort();
}

void TaskGroup::spawn(asio::awaitable<void> task) {
  auto place = tasks_.emplace(tasks_.end());
  auto ended = [this, place](std::exception_ptr failure) {
    tasks_.erase(place);
    if (failure && !failure_ && !is_cancellation(failure)) {
      failure_ = failure;
      cancel();
    }
    if (tasks_.empty()) ended_.notify();
  };
  asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(place->slot(), ended));
}

void TaskGroup::cancel() {
  // A task may end inside emit(): step on before it erases its place.
  for (auto task = tasks_.begin(); task != tasks_.end();) {
    (task++)->emit(asio::cancellation_type::terminal);
  }
}

asio::awaitable<void> TaskGroup::join() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (!tasks_.empty()) co_await ended_.wait();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace quern
