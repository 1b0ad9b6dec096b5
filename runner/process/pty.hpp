// SPDX-License-Identifier: Apache-2.0
// A new terminal of the kernel's: the end that we hold and the end that a program gets.
#pragma once

#include "launcher.hpp"
#include "unique_fd.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>

namespace quern {

struct WindowSize {
  std::uint16_t rows = 24;
  std::uint16_t cols = 80;

  friend bool operator==(const WindowSize&, const WindowSize&) = default;
};

// Both ends close at exec. A value to be taken apart: the master goes to a Terminal, the slave into
// a Command as 0, 1 and 2, and is closed after the launch, else the terminal has no end.
struct Pty {
  UniqueFd master;  // non-blocking
  UniqueFd slave;
};

// Of this size from the first. The error's step is "terminal".
boost::system::result<Pty, LaunchError> open_pty(WindowSize size);

// The slave of a master once more; none where the kernel does not give it. It never becomes the
// daemon's own terminal.
UniqueFd open_slave(int master);

// Empty where terminals can be made, else a sentence that says what is missing.
std::string what_terminals_lack();

}  // namespace quern
