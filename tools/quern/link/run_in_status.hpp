// SPDX-License-Identifier: Apache-2.0
// The run of that name among those that a daemon tells of. Pure.
#pragma once

#include "reply.hpp"

#include <algorithm>
#include <string>

namespace quern {

// Null: it tells of none. Belongs to the reply.
inline const RunInfo* run_in(const StatusReply& status, const std::string& name) {
  const auto found = std::find_if(status.runs.begin(), status.runs.end(),
                                  [&](const RunInfo& info) { return info.run == name; });
  return found == status.runs.end() ? nullptr : &*found;
}

}  // namespace quern
