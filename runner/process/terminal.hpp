// SPDX-License-Identifier: Apache-2.0
// A program's terminal, from our side: what is typed into it, its size, and what its line
// discipline says of itself.
//
// Bytes that the kernel has no room for wait here, in order, so nothing ever blocks; when nobody
// has the terminal open any more they are thrown away. What the program writes is read by a Pump
// over output_end(). Owned by a run. When it and the Pump are gone, so is the terminal: whoever is
// left at it is hung up. Never: reads, knows processes.
#pragma once

#include "pty.hpp"
#include "unique_fd.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace quern {

class Terminal {
 public:
  // Of a Pty. Throws system_error.
  Terminal(boost::asio::any_io_executor executor, UniqueFd master);

  UniqueFd output_end() const;  // for a Pump. Throws system_error.

  void write(std::string bytes);  // at once as far as there is room; run() carries the rest
  std::size_t unread() const { return waiting_bytes_; }  // of those that wait here

  // Whether that changed anything; then the foreground group has its SIGWINCH.
  bool resize(WindowSize size);

  // Lines are edited by the terminal and not shown: somebody types a password. An editor that draws
  // for itself takes the bytes raw, and hides nothing.
  bool hides_input() const;

  // What ends the input here, where something does: a program that takes the bytes raw gets every
  // one of them as it is.
  std::optional<char> end_of_file() const;

  // SIGINT to the foreground group, past whatever waits to be read: by typing what interrupts,
  // where the terminal minds that, for then it shows it and forgets what was typed. False when
  // there is no such group.
  bool interrupt();

  boost::asio::awaitable<void> run();  // until cancelled

 private:
  int master() const {
    return const_cast<boost::asio::posix::stream_descriptor&>(master_).native_handle();
  }
  void flush();
  void discard();
  bool type_interrupt();

  boost::asio::posix::stream_descriptor master_;
  std::deque<std::string> waiting_;
  std::size_t sent_ = 0;               // bytes of waiting_.front() that the kernel has
  std::size_t waiting_bytes_ = 0;      // of all that it has not
  boost::asio::steady_timer changed_;  // never fires: cancelled when there is work for run()
};

}  // namespace quern
