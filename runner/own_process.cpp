// SPDX-License-Identifier: Apache-2.0
#include "own_process.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace quern {

std::string new_boot() {
  std::ifstream random("/proc/sys/kernel/random/uuid");
  std::string uuid;
  if (!(random >> uuid))
    throw std::runtime_error("cannot read /proc/sys/kernel/random/uuid: is /proc mounted?");
  return uuid;
}

void hold_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is taken, and all below this one are open.
    if (::open("/dev/null", O_RDWR) == -1)
      throw std::runtime_error(std::string("cannot open /dev/null: ") + std::strerror(errno));
  }
}

void ignore_signals_of_writing() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write over our own file limit is an error, not our end
}

// By default the heap shrinks and grows with every run whose memory happens to lie at its end, and
// a buffer of output may be a mapping of its own, whose every page is a fault.
void keep_freed_memory() {
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

void take_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void hold_signals() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&held, number);
  ::pthread_sigmask(SIG_SETMASK, &held, nullptr);
}

void release_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace quern
