// SPDX-License-Identifier: Apache-2.0
// The variables of a run's own program, each source over the one before: what the daemon has, the
// language's, the run's. Pure.
#pragma once

#include "manifest.hpp"
#include "request.hpp"

namespace quern {

Environment program_environment(Environment base, const Manifest* manifest, const StartRun& spec);

// The same for a program at a terminal, which is what the run says and not the daemon's own.
Environment terminal_environment(Environment base, const Manifest* manifest, const StartRun& spec);

}  // namespace quern
