// SPDX-License-Identifier: Apache-2.0
#include "image_defaults.hpp"

#include <filesystem>
#include <system_error>

namespace quern {

namespace fs = std::filesystem;

namespace {

constexpr const char* place = "/opt/quern/bin/quernd";
constexpr const char* socket_folder = "/run/quern";
constexpr const char* socket_endpoint = "ipc:///run/quern/quern.sock";
constexpr const char* port_endpoint = "tcp://0.0.0.0:7837";
constexpr const char* secret_key = "/etc/quern/daemon.key";
constexpr const char* authorized_keys = "/etc/quern/authorized-keys";

}  // namespace

bool stands_in_image() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown) == place;
}

void add_image_defaults(Config& config, bool endpoints_named) {
  std::error_code failed;
  // One file without the other is a mistake, which is told as for those that are named.
  if (config.keys.secret.empty() && config.keys.authorized.empty()) {
    if (fs::exists(secret_key, failed)) config.keys.secret = secret_key;
    if (fs::exists(authorized_keys, failed)) config.keys.authorized = authorized_keys;
  }
  if (endpoints_named) return;
  config.endpoints = {socket_endpoint};
  if (config.keys.named()) config.endpoints.emplace_back(port_endpoint);
  // That it cannot be made shows, with the reason, when the socket is.
  if (config.task == Task::serve) fs::create_directories(socket_folder, failed);
}

}  // namespace quern
