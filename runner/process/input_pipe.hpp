// SPDX-License-Identifier: Apache-2.0
// A program's stdin, from our side: one pipe whose both ends the daemon knows.
//
// End of file is "no writer now": close_writer() makes the reader see it, open_writer() begins
// afresh on the same pipe (through /proc/self/fd), for the interpreter whose stdin it is never
// notices. Bytes that the pipe has no room for wait here, in order. Owned by a run or a context.
//
// The child's description of the read end is never made non-blocking: ours is another one, and so
// is the writer's. As the daemon holds a read end itself, a write never meets EPIPE, nor SIGPIPE
// (which main ignores anyway); bytes that nobody reads wait until discard(). A program may do to
// its stdin what it likes: nothing here depends on the flags of its description.
#pragma once

#include "unique_fd.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <string>

namespace quern {

class InputPipe {
 public:
  explicit InputPipe(boost::asio::any_io_executor executor);  // throws system_error

  int read_end() const { return read_end_.get(); }  // for the child; blocking

  void write(std::string bytes);  // at once as far as there is room; run() carries the rest
  void close_writer();            // end of file behind what has been written
  void open_writer();  // after close_writer: a new writer on the same pipe. Throws system_error.

  bool writable() const { return writer_.is_open() && !closing_; }  // write() when not: logic_error

  std::size_t unread() const;  // bytes that wait here or in the pipe
  void discard();              // throws away what is unread, here and in the pipe

  boost::asio::awaitable<void> run();  // until cancelled

 private:
  void flush();  // as much as there is room for; then the close that was asked for
  UniqueFd reopen(int flags) const;

  boost::asio::any_io_executor executor_;
  UniqueFd read_end_;
  UniqueFd drain_;  // a non-blocking description of the read end, for discard()
  boost::asio::posix::stream_descriptor writer_;
  std::deque<std::string> waiting_;
  std::size_t sent_ = 0;               // bytes of waiting_.front() that are in the pipe
  bool closing_ = false;               // close once waiting_ is empty
  boost::asio::steady_timer changed_;  // never fires: cancelled when there is work for run()
};

}  // namespace quern
