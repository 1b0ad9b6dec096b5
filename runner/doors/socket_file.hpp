// SPDX-License-Identifier: Apache-2.0
// The file of an ipc endpoint before we take it.
#pragma once

#include <string>

namespace quern {

// Whether a daemon serves there. ZeroMQ takes a socket file away from whoever listens on it,
// without a word; one that a dead daemon has left behind may be taken.
bool is_served(const std::string& endpoint);

}  // namespace quern
