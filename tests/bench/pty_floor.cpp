// SPDX-License-Identifier: Apache-2.0
#include "pty_floor.hpp"

#include "program.hpp"

#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <stdexcept>

namespace quern::bench {

PtyFloor::PtyFloor() {
  if (::openpty(&ours_, &programs_, nullptr, nullptr, nullptr) != 0)
    throw std::runtime_error("there are no terminals here");
}

PtyFloor::~PtyFloor() {
  ::close(ours_);
  ::close(programs_);
}

void PtyFloor::round_trip() {
  char key = 'x';
  if (::write(ours_, &key, 1) != 1 || !readable(ours_, patience) || ::read(ours_, &key, 1) != 1)
    throw std::runtime_error("the floor of a keystroke does not echo");
  ::tcflush(programs_, TCIFLUSH);  // as a program would that reads its keys
}

}  // namespace quern::bench
