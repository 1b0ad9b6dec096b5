// SPDX-License-Identifier: Apache-2.0
#include "pty.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace quern {
namespace {

// The second is there where somebody has mounted a devpts and nothing else.
constexpr const char* multiplexers[] = {"/dev/ptmx", "/dev/pts/ptmx"};

constexpr int how = O_RDWR | O_NOCTTY | O_CLOEXEC;

LaunchError cannot(const std::string& what) {
  const int number = errno;
  return {"terminal", number,
          "no terminal can be made here: " + what + ": " + std::generic_category().message(number) +
              " (it takes a devpts on /dev/pts)"};
}

}  // namespace

// Through the master where the kernel can do so: the name may be another's where a devpts is
// mounted elsewhere too.
UniqueFd open_slave(int master) {
  UniqueFd slave(::ioctl(master, TIOCGPTPEER, how));
  if (slave) return slave;
  char name[64];
  if (const int number = ::ptsname_r(master, name, sizeof name); number != 0) {
    errno = number;
    return UniqueFd();
  }
  return UniqueFd(::open(name, how));
}

boost::system::result<Pty, LaunchError> open_pty(WindowSize size) {
  Pty pty;
  for (const char* multiplexer : multiplexers) {
    pty.master.reset(::open(multiplexer, how | O_NONBLOCK));
    if (pty.master) break;
    if (multiplexer == multiplexers[0] && errno != ENOENT) return cannot(multiplexer);
  }
  if (!pty.master) return cannot(multiplexers[0]);
  // A new slave is locked until its owner has been set, which the kernel's own devpts does.
  if (::grantpt(pty.master.get()) != 0 || ::unlockpt(pty.master.get()) != 0)
    return cannot("unlocking it");
  pty.slave = open_slave(pty.master.get());
  if (!pty.slave) return cannot("opening it");
  winsize window{};
  window.ws_row = size.rows;
  window.ws_col = size.cols;
  if (::ioctl(pty.master.get(), TIOCSWINSZ, &window) != 0) return cannot("setting its size");
  return pty;
}

std::string what_terminals_lack() {
  const auto pty = open_pty({});
  return pty ? std::string() : pty.error().what;
}

}  // namespace quern
