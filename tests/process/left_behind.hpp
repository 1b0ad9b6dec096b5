// SPDX-License-Identifier: Apache-2.0
// What programs of these tests leave behind, and how it is seen that they have come so far.
#pragma once

#include "world.hpp"

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

namespace quern::test {

inline constexpr const char* silent = " </dev/null >/dev/null 2>&1";

// Says "ready", then waits for ever.
inline Command leaves(const std::string& left) {
  return shell("(" + left + " &); echo ready; exec sleep 600");
}

inline bool lives(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat && !stat->dead();
}

// It leads a session of its own and has come to its last program, which has no environment.
inline bool sheds_all(pid_t pid) {
  const auto stat = read_stat(pid);
  std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  return std::getline(comm, name) && name == "sleep" && stat && stat->session == pid;
}

// The pids of our children that live, as soon as there are so many.
inline std::vector<pid_t> children_that_live(World& world, std::size_t count) {
  std::vector<pid_t> found;
  world.step_until([&] {
    found.clear();
    for (const ProcessStat& process : read_process_table().processes)
      if (process.parent == ::getpid() && !process.dead()) found.push_back(process.pid);
    return found.size() >= count;
  });
  return found;
}

}  // namespace quern::test
