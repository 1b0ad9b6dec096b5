// SPDX-License-Identifier: Apache-2.0
//
// The worker as a template (`fork` in langs/WORKER.md): an interpreter that is warm and runs
// nothing, of which each context is a forked copy.
#pragma once

#include "session.hpp"

namespace quern::fork_template {

bool wanted(int requests);  // a template is asked over a socket

// Returns in each copy, which then has descriptors 0 to 4 of its own; not in the template.
void serve(Session& session, int requests, int replies);

}  // namespace quern::fork_template
