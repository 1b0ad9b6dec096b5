// SPDX-License-Identifier: Apache-2.0
// What to start: a value that says everything about a child before there is one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quern {

struct Command {
  std::vector<std::string> argv;           // argv[0] without a slash is looked up in env's PATH
  std::map<std::string, std::string> env;  // all of it, save the launcher's own mark (see tree.hpp)
  std::string cwd;                         // empty: the daemon's own

  // Which of the daemon's descriptors the child gets, and as which number. It gets no other. The
  // ones not named among 0, 1 and 2 are /dev/null. The daemon's own stay open and its own.
  struct Descriptor {
    int in_child = 0;
    int ours = -1;
  };
  std::vector<Descriptor> descriptors;

  // The child's descriptor 0 is a terminal and becomes its session's controlling one.
  bool terminal = false;

  // Soft and hard bound of a resource (RLIMIT_…) for the child. One above the daemon's own hard
  // bound is lowered to that.
  struct Limit {
    int resource = 0;
    std::uint64_t most = 0;
  };
  std::vector<Limit> limits;

  // How many processes its tree may have, where the kernel can bound that (cgroup.hpp).
  std::optional<std::uint64_t> processes;

  // Signals that the child ignores from its start; all others do what they do by default.
  std::vector<int> ignored;
};

}  // namespace quern
