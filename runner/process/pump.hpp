// SPDX-License-Identifier: Apache-2.0
// The reading end of a program's output: takes bytes from a pipe and hands them on, in order.
//
// Owned by a run or a context. At every moment each byte is either still in the pipe or handed on:
// nothing waits inside, so drain() may be called between any two steps of run() without disturbing
// the order. For that, run() waits for readiness and then reads at once; it never has a read under
// way. The sink may pause, resume or drain; it must not destroy the pump.
//
// The end comes with the last writer's close, or with EIO from a terminal that nobody holds open
// any more. Never: looks at the bytes, knows what they are for.
#pragma once

#include "unique_fd.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace quern {

class Pump {
 public:
  // At most 256 KiB at a time, in storage of exactly that size that is handed over.
  using Sink = std::function<void(std::shared_ptr<const char[]> bytes, std::size_t size)>;

  // The read end is ours alone: it is made non-blocking. Throws system_error.
  Pump(boost::asio::any_io_executor executor, UniqueFd read_end, Sink sink);

  // Hands on whatever comes until the last writer has closed (or until cancelled).
  boost::asio::awaitable<void> run();

  // Hands on exactly what the pipe holds at this moment, paused or not: at most the pipe's
  // capacity. A terminal does not tell how much it holds: at least that, and not much more.
  void drain();

  // While paused, run() leaves the bytes in the pipe, and so the program in its write().
  void pause();
  void resume();

  bool eof() const { return eof_; }
  // Nothing is left to hand on, and nobody can write any more.
  bool at_end() const;

 private:
  std::size_t take(std::size_t most);  // 0: nothing there now, or the end
  std::size_t read_on(char* into, std::size_t got, std::size_t room);

  boost::asio::posix::stream_descriptor in_;
  boost::asio::steady_timer resumed_;  // never fires: resume() cancels it
  Sink sink_;
  bool terminal_ = false;
  bool paused_ = false;
  bool eof_ = false;
};

}  // namespace quern
