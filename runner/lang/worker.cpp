// SPDX-License-Identifier: Apache-2.0
#include "worker.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/ioctl.h>

#include <array>
#include <cerrno>

namespace quern {

namespace asio = boost::asio;

namespace {

// Of a pipe, at either end; -1 when it cannot be told.
int unread_bytes(int pipe) {
  int unread = -1;
  return ::ioctl(pipe, FIONREAD, &unread) == 0 ? unread : -1;
}

}  // namespace

Worker::Worker(asio::any_io_executor executor, UniqueFd requests, UniqueFd replies)
    : requests_(executor, requests.release()), replies_(executor, replies.release()) {
  requests_.non_blocking(true);
  replies_.non_blocking(true);
}

std::string Worker::send_now(const WorkerFrame& frame) {
  std::string bytes = encode(frame);
  boost::system::error_code error;
  const std::size_t sent = requests_.write_some(asio::buffer(bytes), error);
  if (error && error != asio::error::would_block) throw boost::system::system_error(error);
  bytes.erase(0, sent);
  return bytes;
}

asio::awaitable<void> Worker::send(std::string rest) {
  co_await asio::async_write(requests_, asio::buffer(rest), asio::use_awaitable);
}

bool Worker::read_some() {
  std::array<char, 64 * 1024> buffer;
  ssize_t n = ::read(replies_.native_handle(), buffer.data(), buffer.size());
  if (n > 0) {
    ++reads_;
    reader_.feed({buffer.data(), static_cast<std::size_t>(n)});
    return true;
  }
  eof_ = n == 0 || (errno != EAGAIN && errno != EINTR);
  return false;
}

Result<std::optional<WorkerFrame>> Worker::receive_now() {
  for (;;) {
    Result<std::optional<WorkerFrame>> frame = reader_.next();
    if (!frame || *frame || eof_ || !read_some()) return frame;
  }
}

asio::awaitable<Result<std::optional<WorkerFrame>>> Worker::receive() {
  for (;;) {
    Result<std::optional<WorkerFrame>> frame = receive_now();
    if (!frame || *frame || eof_) co_return frame;
    co_await replies_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
  }
}

bool Worker::idle() const {
  return unread_bytes(const_cast<Worker*>(this)->requests_.native_handle()) == 0;
}

bool Worker::has_unheard() const {
  return unread_bytes(const_cast<Worker*>(this)->replies_.native_handle()) > 0;
}

void Worker::close() {
  boost::system::error_code ignored;  // closing has no other outcome that we could act on
  requests_.close(ignored);
}

}  // namespace quern
