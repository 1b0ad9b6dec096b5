// SPDX-License-Identifier: Apache-2.0
// Whoever started the daemon and waits for word of it: the newline of --ready-fd, and the datagrams
// of sd_notify(3) where NOTIFY_SOCKET is set.
//
// Owned by main. Never: fails the daemon because nobody listens; that is logged.
#pragma once

#include "unique_fd.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <string>

namespace quern {

class ServiceManager {
 public:
  ServiceManager(int ready_fd, spdlog::logger& log);
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Throws std::runtime_error when the descriptor of --ready-fd takes nothing.
  void ready(const std::string& status);
  void stopping(const std::string& status);

  // Says that the event loop turns, twice in the time that WATCHDOG_USEC grants, until cancelled;
  // returns at once where nobody watches.
  boost::asio::awaitable<void> feed_watchdog();

 private:
  void tell(const std::string& words);

  UniqueFd ready_fd_;
  UniqueFd socket_;
  std::chrono::microseconds watchdog_{0};  // 0: nobody watches
  spdlog::logger& log_;
};

}  // namespace quern
