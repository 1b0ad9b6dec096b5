// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include "whole_number.hpp"

namespace quern {

std::string endpoint_problem(const std::string& endpoint) {
  constexpr std::string_view tcp = "tcp://";
  constexpr std::string_view ipc = "ipc://";
  bool shaped = endpoint.starts_with(ipc) && endpoint.size() > ipc.size();
  if (endpoint.starts_with(tcp)) {
    const std::size_t colon = endpoint.rfind(':');
    const auto port = whole_number(std::string_view(endpoint).substr(colon + 1));
    shaped = colon > tcp.size() && ((port && *port <= 65535) || endpoint.ends_with(":*"));
  }
  if (shaped) return "";
  return "`" + endpoint + "` is no endpoint: it must look like tcp://127.0.0.1:7837 or ipc:///path";
}

bool is_local(const std::string& endpoint) {
  return endpoint.starts_with("ipc://") || endpoint.starts_with("tcp://127.") ||
         endpoint.starts_with("tcp://[::1]:") || endpoint.starts_with("tcp://localhost:");
}

bool is_file(const std::string& endpoint) {
  return endpoint.starts_with("ipc://") && !endpoint.starts_with("ipc://@");  // an abstract name
}

}  // namespace quern
