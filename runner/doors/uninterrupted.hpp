// SPDX-License-Identifier: Apache-2.0
// A signal of a child's end may interrupt any of ZeroMQ's calls: that says nothing about the
// socket.
#pragma once

#include <zmq.hpp>

#include <cerrno>

namespace quern {

template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    try {
      return call();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

}  // namespace quern
