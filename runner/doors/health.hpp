// SPDX-License-Identifier: Apache-2.0
// Asks a daemon from outside whether it answers: `quernd healthcheck`.
//
// The smallest client there is: one ping to every endpoint, all at once, and a bound on the wait.
// Used by main instead of a daemon, never within one. Never: starts or changes anything.
#pragma once

#include "key_files.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace quern {

struct Health {
  bool good = false;
  std::string sentence;
};

// With keys it comes with the daemon's own, which is always let in.
Health ask_health(const std::vector<std::string>& endpoints, const KeyFiles& keys,
                  std::chrono::milliseconds bound);

// Where a client reaches what a daemon bound as this: a wildcard address is no place to connect to.
// Empty when only the daemon itself can tell (a port of its own choosing).
std::string reachable(const std::string& endpoint);

}  // namespace quern
