// SPDX-License-Identifier: Apache-2.0
#include "input_pipe.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace quern {
namespace {

namespace asio = boost::asio;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

InputPipe::InputPipe(asio::any_io_executor executor)
    : executor_(executor),
      writer_(executor),
      changed_(executor, asio::steady_timer::time_point::max()) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe");
  read_end_.reset(ends[0]);
  UniqueFd writer(ends[1]);
  if (::fcntl(writer.get(), F_SETFL, O_NONBLOCK) != 0) throw_errno("fcntl of a pipe");
  writer_.assign(writer.get());
  writer.release();
}

// A new description of the same pipe, whose O_NONBLOCK is nobody else's.
UniqueFd InputPipe::reopen(int flags) const {
  const std::string path = "/proc/self/fd/" + std::to_string(read_end_.get());
  UniqueFd fd(::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC));
  if (!fd) throw_errno("open of a pipe through /proc/self/fd");
  return fd;
}

void InputPipe::open_writer() {
  closing_ = false;  // an end of file that has not come to pass is taken back
  if (writer_.is_open()) return;
  UniqueFd fd = reopen(O_WRONLY);
  writer_.assign(fd.get());
  fd.release();
}

void InputPipe::write(std::string bytes) {
  if (!writable()) throw std::logic_error("write to an input pipe whose writer is closed");
  if (bytes.empty()) return;
  waiting_.push_back(std::move(bytes));
  if (waiting_.size() > 1) return;
  flush();
  changed_.cancel();
}

void InputPipe::close_writer() {
  closing_ = true;
  flush();
}

void InputPipe::flush() {
  while (!waiting_.empty()) {
    const std::string& front = waiting_.front();
    const ssize_t put =
        ::write(writer_.native_handle(), front.data() + sent_, front.size() - sent_);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) return;
    if (put < 0) throw_errno("write to an input pipe");
    sent_ += static_cast<std::size_t>(put);
    if (sent_ < front.size()) continue;
    waiting_.pop_front();
    sent_ = 0;
  }
  if (closing_ && writer_.is_open()) writer_.close();
}

std::size_t InputPipe::unread() const {
  int in_pipe = 0;
  if (::ioctl(read_end_.get(), FIONREAD, &in_pipe) != 0) throw_errno("FIONREAD of an input pipe");
  std::size_t bytes = static_cast<std::size_t>(std::max(in_pipe, 0));
  for (const std::string& one : waiting_) bytes += one.size();
  return bytes - sent_;
}

void InputPipe::discard() {
  waiting_.clear();
  sent_ = 0;
  if (unread() > 0 && !drain_) drain_ = reopen(O_RDONLY);
  char bytes[16 << 10];
  while (drain_) {
    const ssize_t got = ::read(drain_.get(), bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EAGAIN) throw_errno("read of an input pipe");
    if (got <= 0) break;
  }
  flush();  // nothing to write, but a close may have waited for that
}

asio::awaitable<void> InputPipe::run() {
  for (;;) {
    if (waiting_.empty()) {
      co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
      // Left without the exception that a cancelled co_await throws: every run comes by here.
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) co_return;
      continue;
    }
    // Closing the writer cancels this wait without cancelling us.
    co_await writer_.async_wait(asio::posix::stream_descriptor::wait_write,
                                asio::as_tuple(asio::use_awaitable));
    if (!waiting_.empty()) flush();
  }
}

}  // namespace quern
