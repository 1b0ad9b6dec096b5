// SPDX-License-Identifier: Apache-2.0
// Which limit holds when several places name one: the run, its context, its language, the daemon.
#pragma once

#include "request.hpp"

namespace quern {

// Those of `own`, and where it has none, the others'.
RunLimits with_defaults(RunLimits own, const RunLimits& others);

// Whether there is one that is kept by looking at the program now and then.
inline bool sampled(const RunLimits& limits) {
  return limits.memory || limits.processes || limits.cpu;
}

}  // namespace quern
