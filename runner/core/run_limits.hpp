// SPDX-License-Identifier: Apache-2.0
// Which limit holds when several places name one: the run, its context, its language, the daemon.
#pragma once

#include "request.hpp"

namespace quern {

// Those of `own`, and where it has none, the others'.
RunLimits with_defaults(RunLimits own, const RunLimits& others);

}  // namespace quern
