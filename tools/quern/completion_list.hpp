// SPDX-License-Identifier: Apache-2.0
// Words that complete another: what all begin with, and how they are shown. Pure.
#pragma once

#include <string>
#include <vector>

namespace quern {

// Cut where a character ends.
std::string common_beginning(const std::vector<std::string>& words);

// In columns, downwards first, as a folder is listed; what has no room in `most` rows is counted.
std::vector<std::string> in_columns(const std::vector<std::string>& words, int width,
                                    std::size_t most);

}  // namespace quern
