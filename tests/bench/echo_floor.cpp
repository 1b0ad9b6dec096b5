// SPDX-License-Identifier: Apache-2.0
#include "echo_floor.hpp"

#include "program.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace quern::bench {

namespace {

// A request as `1+1` makes it is of about this size.
constexpr std::size_t message_size = 64;

struct Ends {
  int read = -1;
  int write = -1;
};

Ends make_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
  return {ends[0], ends[1]};
}

[[noreturn]] void echo(int in, int out) {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(in, buffer.data(), buffer.size());
    if (got <= 0 || ::write(out, buffer.data(), static_cast<std::size_t>(got)) != got) ::_exit(0);
  }
}

void serve_one(zmq::socket_t& router, const Ends& to, const Ends& from) {
  zmq::message_t route;
  zmq::message_t head;
  zmq::message_t body;
  (void)router.recv(route);
  (void)router.recv(head);
  (void)router.recv(body);
  std::array<char, 4096> buffer;
  const ssize_t size = static_cast<ssize_t>(head.size());
  if (::write(to.write, head.data(), head.size()) != size ||
      ::read(from.read, buffer.data(), buffer.size()) != size)
    throw std::runtime_error("the echoing child is gone");
  router.send(route, zmq::send_flags::sndmore);
  router.send(zmq::buffer(buffer.data(), head.size()), zmq::send_flags::sndmore);
  router.send(zmq::message_t(), zmq::send_flags::none);
}

[[noreturn]] void serve(int tell) {
  const Ends to = make_pipe();
  const Ends from = make_pipe();
  if (::fork() == 0) {
    ::close(to.write);
    ::close(from.read);
    echo(to.read, from.write);
  }
  zmq::context_t context;
  zmq::socket_t router(context, zmq::socket_type::router);
  router.bind("tcp://127.0.0.1:*");
  const std::string endpoint = router.get(zmq::sockopt::last_endpoint);
  if (::write(tell, endpoint.data(), endpoint.size()) < 0) ::_exit(1);
  ::close(tell);
  for (;;) serve_one(router, to, from);
}

}  // namespace

EchoFloor::EchoFloor() {
  const Ends told = make_pipe();
  const pid_t bench = ::getpid();
  server_ = ::fork();
  if (server_ < 0) throw std::runtime_error("cannot fork the floor of a query");
  if (server_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != bench) ::_exit(1);
    try {
      serve(told.write);
    } catch (...) {
      ::_exit(1);
    }
  }
  ::close(told.write);
  std::array<char, 256> name;
  const ssize_t got =
      readable(told.read, patience) ? ::read(told.read, name.data(), name.size()) : 0;
  ::close(told.read);
  if (got <= 0) throw std::runtime_error("the floor of a query did not come up");
  endpoint_.assign(name.data(), static_cast<std::size_t>(got));
}

EchoFloor::~EchoFloor() {
  ::kill(server_, SIGKILL);
  while (::waitpid(server_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void EchoFloor::connect() {
  context_.emplace();
  socket_ = zmq::socket_t(*context_, zmq::socket_type::dealer);
  socket_.set(zmq::sockopt::rcvtimeo,
              static_cast<int>(std::chrono::milliseconds(patience).count()));
  socket_.set(zmq::sockopt::linger, 0);
  socket_.connect(endpoint_);
}

void EchoFloor::round_trip() {
  const std::string request(message_size, 'x');
  socket_.send(zmq::buffer(request), zmq::send_flags::sndmore);
  socket_.send(zmq::message_t(), zmq::send_flags::none);
  zmq::message_t head;
  zmq::message_t body;
  if (!socket_.recv(head) || !socket_.recv(body))
    throw std::runtime_error("the floor of a query does not answer");
}

}  // namespace quern::bench
