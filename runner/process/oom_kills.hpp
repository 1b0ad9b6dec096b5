// SPDX-License-Identifier: Apache-2.0
// How often the kernel has killed somebody of a control group because the group's memory was used
// up: what a container's memory limit looks like from within.
//
// The programs' own end says SIGKILL and no more; this says why. Reading is one system call.
#pragma once

#include "cgroup.hpp"
#include "unique_fd.hpp"

#include <cstdint>
#include <optional>

namespace quern {

class OomKills {
 public:
  explicit OomKills(const std::optional<GroupPath>& group);  // without one it never counts any

  std::uint64_t count() const;
  // Bytes that the group may use; nothing when there is no bound, or none that can be seen.
  std::optional<std::uint64_t> limit() const;

 private:
  std::optional<GroupPath> group_;
  UniqueFd events_;
};

}  // namespace quern
