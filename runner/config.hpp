// SPDX-License-Identifier: Apache-2.0
// What the daemon was told on its command line and in QUERND_* variables.
#pragma once

#include "limits.hpp"
#include "request.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quern {

struct Config {
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
};

// Nothing to serve: print this and leave.
struct Leave {
  int code = 0;
  std::string text;
};

std::variant<Config, Leave> read_command_line(int argc, char** argv);

// The daemon's environment without what is meant for quernd and quern: what programs inherit.
Environment inherited_environment(char** environment);

}  // namespace quern
