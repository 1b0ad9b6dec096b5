// SPDX-License-Identifier: Apache-2.0
//
// What Octave's help has on a function, as plain text.
#pragma once

#include <string>

#include "octave.hpp"

namespace quern::help {

// Empty when there is no such function. With `detail` the source of a function of the user's.
std::string about(octave::interpreter& octave, const std::string& name, bool detail);

}  // namespace quern::help
