// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include "failure.hpp"
#include "owned_fd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace quern {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

template <class Known>
Address address_of(const Known& known, std::size_t size) {
  Address address;
  std::memcpy(&address.storage, &known, size);
  address.size = static_cast<socklen_t>(size);
  return address;
}

std::optional<Address> tcp_address(std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::uint16_t port = 0;
  const std::string_view digits = rest.substr(colon + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  std::string host(rest.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return address_of(v4, sizeof v4);
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return address_of(v6, sizeof v6);
  }
  return std::nullopt;
}

std::optional<Address> ipc_address(std::string_view path) {
  sockaddr_un un{};
  if (path.empty() || path.size() >= sizeof un.sun_path) return std::nullopt;
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), path.size());
  if (path.front() != '@') return address_of(un, sizeof un);
  un.sun_path[0] = '\0';  // ZeroMQ's way to write an abstract name
  return address_of(un, offsetof(sockaddr_un, sun_path) + path.size());
}

std::optional<Address> address_at(const std::string& endpoint) {
  if (endpoint.starts_with("tcp://")) return tcp_address(std::string_view(endpoint).substr(6));
  if (endpoint.starts_with("ipc://")) return ipc_address(std::string_view(endpoint).substr(6));
  return std::nullopt;
}

}  // namespace

void check_endpoint(const std::string& endpoint) {
  const std::string start = "\"" + endpoint + "\" is no endpoint";
  const std::size_t mark = endpoint.find("://");
  const std::string scheme = mark == std::string::npos ? "" : endpoint.substr(0, mark);
  const std::string rest = mark == std::string::npos ? endpoint : endpoint.substr(mark + 3);
  const bool has_port = rest.find(':') != std::string::npos && rest.find('/') == std::string::npos;
  if (scheme == "ipc") {
    if (rest.empty())
      throw Failure(start + ": a path follows ipc://, as in ipc:///run/quern.sock.");
    if (rest.size() >= sizeof sockaddr_un::sun_path)
      throw Failure(start + ": its path has " + std::to_string(rest.size()) +
                    " bytes, and a socket's has 107 at most; put it into a folder nearer to /.");
  } else if (scheme == "tcp") {
    if (!has_port) throw Failure(start + ": it lacks the port, as in tcp://127.0.0.1:7837.");
  } else if (has_port) {
    throw Failure(start + "; did you mean \"tcp://" + rest + "\"?");
  } else if (rest.starts_with('/')) {
    throw Failure(start + "; did you mean \"ipc://" + rest + "\"?");
  } else {
    throw Failure(start + "; write tcp://HOST:PORT or ipc:///PATH.");
  }
}

Listening who_listens(const std::string& endpoint, std::chrono::milliseconds patience) {
  const std::optional<Address> address = address_at(endpoint);
  if (!address) return Listening::unknown;
  const OwnedFd fd(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Listening::unknown;
  const auto* where = reinterpret_cast<const sockaddr*>(&address->storage);
  if (::connect(fd.get(), where, address->size) == 0) return Listening::yes;
  // A full backlog of a Unix socket: somebody is there.
  if (errno == EAGAIN) return Listening::yes;
  if (errno != EINPROGRESS) return Listening::no;
  pollfd ready{fd.get(), POLLOUT, 0};
  if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1) return Listening::no;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? Listening::yes : Listening::no;
}

}  // namespace quern
