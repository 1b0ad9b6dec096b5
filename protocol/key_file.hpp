// SPDX-License-Identifier: Apache-2.0
// CURVE keys as they stand in files, for the daemon and its clients alike.
//
// One key a line: 40 characters of Z85, and behind a public one who holds it. Blank lines and lines
// that begin with # say nothing (no key can begin with it). A secret key stands in a file of its
// own and has no name behind it, so that one sort of file is not taken for the other. Errors never
// quote what they found, which may be a secret.
#pragma once

#include "error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct NamedKey {
  std::string key;
  std::string name;  // may be empty

  friend bool operator==(const NamedKey&, const NamedKey&) = default;
};

// 40 characters of Z85 that stand for 32 bytes.
bool is_key(std::string_view text);

Result<std::vector<NamedKey>> parse_public_keys(std::string_view text);
Result<std::string> parse_secret_key(std::string_view text);

}  // namespace quern
