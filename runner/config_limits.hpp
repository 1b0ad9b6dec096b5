// SPDX-License-Identifier: Apache-2.0
// The limits by their names: KEY=N of --limit, keys of [limits] in a file.
#pragma once

#include "config.hpp"

#include <string>

namespace quern {

// Takes KEY=N. Empty when it was set, else what is wrong with it.
std::string set_limit(Config& config, const std::string& word);

}  // namespace quern
