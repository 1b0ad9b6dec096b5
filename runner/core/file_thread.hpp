// SPDX-License-Identifier: Apache-2.0
// The one thread besides the daemon's own: for work on files that may take long.
//
// Started on first use, so an idle daemon has none. Work is done in the order asked. What it
// touches must be the work's own: everything else in the daemon belongs to the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace quern {

class FileThread {
 public:
  FileThread() = default;
  FileThread(const FileThread&) = delete;
  FileThread& operator=(const FileThread&) = delete;

  // The work's result (not void), back on the caller's executor; what it throws is thrown there.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> run(Work work) {
    using Value = std::invoke_result_t<Work>;
    using Signature = void(std::exception_ptr, std::optional<Value>);
    auto start = [this](auto handler, Work todo) {
      auto home = boost::asio::prefer(boost::asio::get_associated_executor(handler),
                                      boost::asio::execution::outstanding_work.tracked);
      boost::asio::post(
          pool(), [todo = std::move(todo), home, handler = std::move(handler)]() mutable {
            std::exception_ptr failure;
            std::optional<Value> value;
            try {
              value.emplace(todo());
            } catch (...) {
              failure = std::current_exception();
            }
            // The work travels back too: what it holds is let go on the event loop, not here.
            boost::asio::post(home, [handler = std::move(handler), failure,
                                     value = std::move(value), todo = std::move(todo)]() mutable {
              (void)todo;
              std::move(handler)(failure, std::move(value));
            });
          });
    };
    std::optional<Value> value =
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, Signature>(
            start, boost::asio::use_awaitable, std::move(work));
    co_return std::move(*value);
  }

 private:
  boost::asio::thread_pool& pool() {
    if (!pool_) pool_ = std::make_unique<boost::asio::thread_pool>(1);
    return *pool_;
  }

  std::unique_ptr<boost::asio::thread_pool> pool_;
};

}  // namespace quern
