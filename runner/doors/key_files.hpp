// SPDX-License-Identifier: Apache-2.0
// The two files that say who may: the daemon's secret key, and the public keys of its clients.
//
// A file that others could read or change is refused, with a sentence that says what to do about
// it: it would let in whom nobody chose. Blocking, and small.
#pragma once

#include "key_file.hpp"

#include <string>
#include <vector>

namespace quern {

struct KeyFiles {
  std::string secret;      // one key, the daemon's
  std::string authorized;  // public keys, one a line

  bool named() const { return !secret.empty(); }
};

struct KeyPair {
  std::string secret;
  std::string open;  // the public one
};

Result<KeyPair> read_key_pair(const std::string& secret_file);
Result<std::vector<NamedKey>> read_authorized_keys(const std::string& file);

}  // namespace quern
