// SPDX-License-Identifier: Apache-2.0
// The two private descriptors of a running worker, as frames: requests out, replies in.
//
// Owned by the context whose worker it is. Never: starts the process, knows what the frames mean.
#pragma once

#include "unique_fd.hpp"
#include "worker_frame.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>

namespace quern {

class Worker {
 public:
  // Our ends; they become non-blocking, which the worker's ends do not notice.
  Worker(boost::asio::any_io_executor executor, UniqueFd requests, UniqueFd replies);

  // Sends what can be sent without waiting, and returns the rest; one frame at a time. Both throw
  // system_error when the worker does not read any more.
  std::string send_now(const WorkerFrame& frame);
  boost::asio::awaitable<void> send(std::string rest);

  // The next frame; nothing at the end of the stream; an Error when it is not made of frames.
  boost::asio::awaitable<Result<std::optional<WorkerFrame>>> receive();

  // What has arrived already, without waiting.
  Result<std::optional<WorkerFrame>> receive_now();

  // How often bytes were taken from its replies: frames with the same number came together.
  std::uint64_t reads() const { return reads_; }

  bool idle() const;         // it has read all its requests
  bool has_unheard() const;  // it has written what was not taken from its replies yet

  void close();  // tells the worker that no more requests will come

  // For the descriptors that a request carries to a template.
  int request_fd() { return requests_.native_handle(); }

 private:
  bool read_some();  // false when there is nothing now

  boost::asio::posix::stream_descriptor requests_;
  boost::asio::posix::stream_descriptor replies_;
  FrameReader reader_;
  std::uint64_t reads_ = 0;
  bool eof_ = false;
};

}  // namespace quern
