// SPDX-License-Identifier: Apache-2.0
#include "daemon.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace quern::bench {

namespace {

constexpr int ready_fd = 3;
constexpr int ports_to_try = 8;

}  // namespace

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* general = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      probe >= 0 && ::bind(probe, general, size) == 0 && ::getsockname(probe, general, &size) == 0;
  ::close(probe);
  if (!bound) throw std::runtime_error("this machine has no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

Daemon::Daemon(const std::string& binary, const std::vector<std::string>& options) {
  for (int tried = 0; tried < ports_to_try; ++tried) {
    if (start(binary, options)) return;
  }
  throw std::runtime_error("quernd did not come up: " + binary);
}

// False when it ended instead: most likely its port was taken.
bool Daemon::start(const std::string& binary, const std::vector<std::string>& options) {
  endpoint_ = "tcp://127.0.0.1:" + std::to_string(free_port());
  std::vector<std::string> argv{binary,
                                "--endpoint",
                                endpoint_,
                                "--log-level",
                                "error",
                                "--ready-fd",
                                std::to_string(ready_fd)};
  argv.insert(argv.end(), options.begin(), options.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  program_ = std::make_unique<Program>(argv, std::map<int, int>{{ready_fd, ends[1]}});
  ::close(ends[1]);
  char word = 0;
  const bool told = readable(ends[0], patience) && ::read(ends[0], &word, 1) == 1;
  ::close(ends[0]);
  return told;
}

void Daemon::shut_down() {
  program_->signal(SIGTERM);
  if (const int code = program_->wait(); code != 0)
    throw std::runtime_error("quernd ended with code " + std::to_string(code));
}

}  // namespace quern::bench
