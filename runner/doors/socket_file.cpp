// SPDX-License-Identifier: Apache-2.0
#include "socket_file.hpp"

#include "unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace quern {

bool is_served(const std::string& endpoint) {
  constexpr std::string_view ipc = "ipc://";
  sockaddr_un address{};
  if (!endpoint.starts_with(ipc) || endpoint.starts_with("ipc://@")) return false;
  const std::string_view path = std::string_view(endpoint).substr(ipc.size());
  if (path.empty() || path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(fd.get(), where, sizeof address) == 0) return true;
  return errno == EAGAIN;  // so many wait there that there is no room
}

}  // namespace quern
