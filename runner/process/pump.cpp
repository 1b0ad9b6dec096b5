// SPDX-License-Identifier: Apache-2.0
#include "pump.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_at_once = 256 << 10;  // the wire's bound of an output body
constexpr std::size_t least_asked = 512;  // when nothing is announced: the end, or a terminal
// A terminal gives 4 KiB at a time and announces no more, though its buffers hold some 12 KiB, and
// more comes while they are read.
constexpr std::size_t terminal_read = 64 << 10;
constexpr std::size_t most_in_terminal = 64 << 10;

UniqueFd unblocked(UniqueFd fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category(), "fcntl of a pipe");
  return fd;
}

std::size_t announced(int fd) {
  int bytes = 0;
  return ::ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace

Pump::Pump(asio::any_io_executor executor, UniqueFd read_end, Sink sink)
    : in_(executor),
      resumed_(executor, asio::steady_timer::time_point::max()),
      sink_(std::move(sink)) {
  UniqueFd fd = unblocked(std::move(read_end));
  terminal_ = ::isatty(fd.get()) != 0;
  in_.assign(fd.get());
  fd.release();  // only now: assign() may have thrown
}

asio::awaitable<void> Pump::run() {
  while (!eof_) {
    if (paused_) {
      co_await resumed_.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    co_await in_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    if (!paused_) take(most_at_once);
  }
}

void Pump::drain() {
  std::size_t left = terminal_ ? most_in_terminal : announced(in_.native_handle());
  while (left > 0 && !eof_) {
    const std::size_t taken = take(std::min(left, most_at_once));
    if (taken == 0) return;
    left -= std::min(left, taken);
  }
}

bool Pump::at_end() const {
  if (eof_) return true;
  pollfd look{const_cast<asio::posix::stream_descriptor&>(in_).native_handle(), POLLIN, 0};
  return ::poll(&look, 1, 0) == 1 && (look.revents & POLLHUP) != 0 && (look.revents & POLLIN) == 0;
}

void Pump::pause() { paused_ = true; }

void Pump::resume() {
  paused_ = false;
  resumed_.cancel();
}

// Asking how much there is costs a system call, and saves a copy or a buffer that is mostly empty.
std::size_t Pump::take(std::size_t most) {
  const int fd = in_.native_handle();
  const std::size_t there = announced(fd);
  char few[least_asked];
  std::shared_ptr<char[]> many;
  char* into = few;
  std::size_t room = std::min(most, sizeof few);
  if (there > sizeof few) {
    room = std::min(terminal_ ? std::max(there, terminal_read) : there, most);
    many = std::make_shared_for_overwrite<char[]>(room);
    into = many.get();
  }
  ssize_t got = 0;
  do {
    got = ::read(fd, into, room);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got < 0 && errno != EIO)
    throw std::system_error(errno, std::generic_category(), "read of a pipe");
  if (got <= 0) {
    eof_ = true;
    return 0;
  }
  const std::size_t size = read_on(into, static_cast<std::size_t>(got), room);
  if (!many || size < room) {
    auto exact = std::make_shared_for_overwrite<char[]>(size);
    std::copy_n(into, size, exact.get());
    many = std::move(exact);
  }
  sink_(std::move(many), size);
  return size;
}

// What a terminal has behind its first piece. That it has come to its end is left for the next
// take(), which meets it again.
std::size_t Pump::read_on(char* into, std::size_t got, std::size_t room) {
  while (terminal_ && got < room) {
    const ssize_t more = ::read(in_.native_handle(), into + got, room - got);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  return got;
}

}  // namespace quern
