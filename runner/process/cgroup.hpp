// SPDX-License-Identifier: Apache-2.0
// Control groups of the kernel: an exact bound on how many processes a tree has, where the daemon
// may make such groups. Beyond it the program's own fork fails.
//
// `Cgroups` is the place, found and tried at the start: a directory `quernd.NAMESPACE.PID` in the
// daemon's own group of the controller "pids", of cgroup v1 or v2. One in the daemon; it must
// outlive its groups. A `Cgroup` is of one tree and owned by its Child. Both remove what they have
// made; a group in which somebody lives on (a program kept in the background) is removed when
// another one is made, or with the place; what a killed daemon has left, the next one removes.
//
// Only the number of processes is bounded so. For memory a group would count the page cache too, v1
// kills one process rather than all, and memory used before the bound stays outside of it. Joining
// may take the kernel 20 ms, so nobody joins who has no such limit.
#pragma once

#include "unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace quern {

// The directory of the caller's own group of a controller, by the texts of /proc/self/mountinfo and
// /proc/self/cgroup. Pure.
struct GroupPath {
  std::filesystem::path path;
  bool v2 = false;
  friend bool operator==(const GroupPath&, const GroupPath&) = default;
};
std::optional<GroupPath> own_group(std::string_view mountinfo, std::string_view groups,
                                   std::string_view controller = "pids");
std::optional<GroupPath> own_group(std::string_view controller = "pids");  // by those texts

class Cgroups;

class Cgroup {
 public:
  Cgroup(Cgroups& place, std::filesystem::path path, UniqueFd members);
  ~Cgroup();
  Cgroup(const Cgroup&) = delete;
  Cgroup& operator=(const Cgroup&) = delete;

  // "0" written to it makes the writer a member, and whoever he starts from then on.
  int members_fd() const { return members_.get(); }
  bool take(pid_t pid);

  bool bound(std::optional<std::uint64_t> processes);  // each thread counts
  std::uint64_t processes() const;                     // now
  std::uint64_t refused() const;                       // forks that failed at the bound, ever

 private:
  Cgroups& place_;
  const std::filesystem::path path_;
  UniqueFd members_;
};

class Cgroups {
 public:
  explicit Cgroups(const std::optional<GroupPath>& own);  // without one they do not work
  // Of the place. A number says who a daemon is only among those that count alike, hence the number
  // of its namespace.
  static std::string name_of(pid_t daemon);
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  bool work() const { return !path_.empty(); }
  std::unique_ptr<Cgroup> make();  // none where they do not work

 private:
  friend class Cgroup;
  void remove(const std::filesystem::path& group);
  void remove_left();

  std::filesystem::path path_;
  std::uint64_t made_ = 0;
  std::vector<std::filesystem::path> left_;
};

}  // namespace quern
