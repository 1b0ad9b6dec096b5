// SPDX-License-Identifier: Apache-2.0
// The keys that a client needs for a daemon that lets in only whom it knows.
#pragma once

#include <string>

namespace quern {

struct Keys {
  std::string server;  // the daemon's public key
  std::string secret;  // ours
  std::string open;    // ours too, for whoever is to let us in

  bool any() const { return !server.empty(); }
};

// Out of what was said: a key or a file that holds one, and the file of our secret key. Empty when
// neither was said. Throws Failure with a sentence.
Keys read_keys(const std::string& server_key, const std::string& secret_key_file);

}  // namespace quern
