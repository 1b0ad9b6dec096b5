// SPDX-License-Identifier: Apache-2.0
// What the daemon was told: by its defaults, a file, QUERND_* variables and flags, in this order.
//
// Every option stands once, in config_options. Nothing is served while any source says something
// that is wrong, also when a later source overrides it.
#pragma once

#include "account.hpp"
#include "key_files.hpp"
#include "limits.hpp"
#include "request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quern {

enum class Task { serve, check_config, healthcheck };

struct Config {
  Task task = Task::serve;
  std::vector<std::string> endpoints{"tcp://127.0.0.1:7837"};
  std::string langs;  // the folder of adapters
  std::string work_dir;
  std::string state_dir;
  std::vector<std::pair<std::string, std::uint64_t>> warm;  // language, how many
  DaemonLimits limits;
  RunLimits run_limits;
  std::string log_level = "info";
  std::string log_format = "text";
  int ready_fd = -1;
  bool insecure = false;
  bool no_cgroups = false;
  KeyFiles keys;                // who may connect; none named: whoever reaches an endpoint
  std::optional<Account> user;  // whom programs run as; else the daemon's own

  std::vector<std::string> origins;   // "KEY = VALUE (PLACE)" of all that is no default
  std::vector<std::string> warnings;  // what looks like a mistake and need not be one
};

// Nothing to serve: print this and leave.
struct Leave {
  int code = 0;
  std::string text;
};

std::variant<Config, Leave> read_config(int argc, char** argv, char** environment);

}  // namespace quern
