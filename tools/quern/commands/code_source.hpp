// SPDX-License-Identifier: Apache-2.0
// The code that quern run is to run: where it comes from, and that it can be code at all.
#pragma once

#include "options.hpp"

#include <string>

namespace quern {

// Throws Failure with what newcomers do wrong, and how it goes.
std::string read_code(const RunOptions& options);

}  // namespace quern
