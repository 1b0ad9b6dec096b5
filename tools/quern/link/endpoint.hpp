// SPDX-License-Identifier: Apache-2.0
// Where a daemon is, and whether anybody listens there.
#pragma once

#include <chrono>
#include <string>

namespace quern {

// Throws Failure where this cannot be one, with what may have been meant.
void check_endpoint(const std::string& endpoint);

// `unknown`: a host by name or another transport, which only trying out can tell.
enum class Listening { yes, no, unknown };

// Connects and hangs up: a refusal comes at once, while ZeroMQ would try for ever in silence.
Listening who_listens(const std::string& endpoint, std::chrono::milliseconds patience);

}  // namespace quern
