// SPDX-License-Identifier: Apache-2.0
// The QUERND_* variables.
#pragma once

#include "config_source.hpp"

#include <string>
#include <vector>

namespace quern {

inline constexpr const char* config_variable = "QUERND_CONFIG";  // names the file

ConfigSource read_variables();

// An orchestrator may set QUERND_... of its own, as for a service of that name, so an unknown one
// is no mistake; one that is nearly known is worth a word.
std::vector<std::string> doubtful_variables(char** environment);

}  // namespace quern
