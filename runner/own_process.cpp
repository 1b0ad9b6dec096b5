// SPDX-License-Identifier: Apache-2.0
#include "own_process.hpp"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
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

// Code that a start alone needs (settings, manifests, sockets) would stay resident for ever, with
// all that the kernel maps around each page. Code and constants are clean pages of a file: what is
// needed again comes back by a minor fault.
void give_back_pages_of_start() {
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void*) {
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        for (const ElfW(Phdr) & part : std::span(program->dlpi_phdr, program->dlpi_phnum)) {
          if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
          const std::uintptr_t begin = program->dlpi_addr + part.p_vaddr;
          const std::uintptr_t whole = (begin + page - 1) / page * page;
          const std::uintptr_t end = (begin + part.p_memsz) / page * page;
          // Where the kernel will not, they stay: nothing is lost.
          if (whole < end) ::madvise(reinterpret_cast<void*>(whole), end - whole, MADV_DONTNEED);
        }
        return 1;  // the program itself comes first, and is all there is
      },
      nullptr);
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
