// SPDX-License-Identifier: Apache-2.0
// What to say of a local file that cannot be opened: the cause, and what may have been meant.
#pragma once

#include "failure.hpp"

#include <string>
#include <string_view>

namespace quern {

// The name in the same folder that is nearest to this one; empty: none is near.
std::string near_name(const std::string& path);

// By errno, as open() left it.
Failure cannot_be_opened(const std::string& path, int error);

}  // namespace quern
