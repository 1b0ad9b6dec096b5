// SPDX-License-Identifier: Apache-2.0
// What to do about a daemon's no: its sentence says what is wrong and cannot know our commands.
#pragma once

#include "failure.hpp"

#include <string>

namespace quern {

std::string with_cure(const Refusal& refusal);

}  // namespace quern
