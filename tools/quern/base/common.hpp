// SPDX-License-Identifier: Apache-2.0
// What every command may be told: which daemon, with which keys, and how to answer. A value.
#pragma once

#include <string>

namespace quern {

struct Common {
  std::string endpoint;                // empty: the default, else a private daemon
  std::string server_key, secret_key;  // as said; empty: the daemon lets everybody in
  bool json = false;
};

}  // namespace quern
