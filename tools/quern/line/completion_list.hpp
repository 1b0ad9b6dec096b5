// SPDX-License-Identifier: Apache-2.0
// Words that complete another: what all begin with. Pure.
#pragma once

#include <string>
#include <vector>

namespace quern {

// Cut where a character ends.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace quern
