// SPDX-License-Identifier: Apache-2.0
#include "flood_floor.hpp"

#include "program.hpp"
#include "samples.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zmq.hpp>

#include <stdexcept>

namespace quern::bench {

namespace {

// The wire's bound of an output body, and the daemon's size of a pipe.
constexpr std::size_t read_size = 256 << 10;
constexpr int pipe_size = 1 << 20;
constexpr std::uint64_t write_size = 64 << 10;

}  // namespace

std::vector<std::string> flood_argv(std::uint64_t bytes) {
  return {"dd", "if=/dev/zero", "bs=" + std::to_string(write_size),
          "count=" + std::to_string(bytes / write_size), "status=none"};
}

int forward_flood(const std::string& endpoint, std::uint64_t bytes) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  ::fcntl(ends[0], F_SETPIPE_SZ, pipe_size);  // a smaller one serves too
  zmq::context_t context;
  zmq::socket_t push(context, zmq::socket_type::push);
  push.connect(endpoint);
  Program flood(flood_argv(bytes), {{1, ends[1]}});
  ::close(ends[1]);
  for (;;) {
    auto* buffer = new char[read_size];
    const ssize_t got = ::read(ends[0], buffer, read_size);
    if (got <= 0) {
      delete[] buffer;
      return flood.wait();
    }
    zmq::message_t message(
        buffer, static_cast<std::size_t>(got),
        [](void* data, void*) { delete[] static_cast<char*>(data); }, nullptr);
    push.send(message, zmq::send_flags::none);
  }
}

double flood_floor(const std::string& self, std::uint64_t bytes) {
  zmq::context_t context;
  zmq::socket_t pull(context, zmq::socket_type::pull);
  pull.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds(patience).count()));
  pull.bind("tcp://127.0.0.1:*");
  Program forwarder(
      {self, "--forward-flood", pull.get(zmq::sockopt::last_endpoint), std::to_string(bytes)}, {});
  std::uint64_t come = 0;
  Clock::time_point first;
  while (come < bytes) {
    zmq::message_t message;
    if (!pull.recv(message)) throw std::runtime_error("the floor of output does not flow");
    if (come == 0) first = Clock::now();
    come += message.size();
  }
  const double spent = since(first);
  if (forwarder.wait() != 0) throw std::runtime_error("the floor of output failed");
  return static_cast<double>(bytes) / spent;
}

}  // namespace quern::bench
