// SPDX-License-Identifier: Apache-2.0
#include "service_manager.hpp"

#include "whole_number.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace quern {

namespace asio = boost::asio;

namespace {

// A connected datagram socket; empty, with errno, when there is none. A name that begins with @ is
// abstract: it stands in no folder, and a NUL stands for the @.
UniqueFd connect_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool abstract = name.starts_with('@');
  if (name.size() >= sizeof address.sun_path || !(abstract || name.starts_with('/'))) {
    errno = EINVAL;
    return {};
  }
  std::memcpy(address.sun_path, name.data(), name.size());
  if (abstract) address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1);
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  if (!socket || ::connect(socket.get(), to, static_cast<socklen_t>(size)) != 0) return {};
  return socket;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

ServiceManager::ServiceManager(int ready_fd, spdlog::logger& log) : ready_fd_(ready_fd), log_(log) {
  if (ready_fd >= 0) ::fcntl(ready_fd, F_SETFD, FD_CLOEXEC);
  const std::string name = variable("NOTIFY_SOCKET");
  if (name.empty()) return;
  socket_ = connect_to(name);
  if (!socket_) log_.warn("cannot reach NOTIFY_SOCKET `{}`: {}", name, std::strerror(errno));
  // The variables of a parent that was watched itself are not meant for us.
  const std::string pid = variable("WATCHDOG_PID");
  const auto granted = whole_number(variable("WATCHDOG_USEC"));
  if (granted && (pid.empty() || pid == std::to_string(::getpid())))
    watchdog_ = std::chrono::microseconds(static_cast<std::int64_t>(*granted));
}

void ServiceManager::ready(const std::string& status) {
  tell("READY=1\nSTATUS=" + status);
  if (!ready_fd_) return;
  if (::write(ready_fd_.get(), "\n", 1) != 1)
    throw std::runtime_error("cannot write to --ready-fd " + std::to_string(ready_fd_.get()) +
                             ": " + std::strerror(errno));
  ready_fd_.reset();
}

void ServiceManager::stopping(const std::string& status) { tell("STOPPING=1\nSTATUS=" + status); }

asio::awaitable<void> ServiceManager::feed_watchdog() {
  if (watchdog_.count() == 0 || !socket_) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    tell("WATCHDOG=1");
    timer.expires_after(watchdog_ / 2);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void ServiceManager::tell(const std::string& words) {
  if (!socket_) return;
  // Whoever does not read must not hold us up.
  if (::send(socket_.get(), words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    log_.warn("cannot tell the service manager `{}`: {}", words.substr(0, words.find('\n')),
              std::strerror(errno));
}

}  // namespace quern
