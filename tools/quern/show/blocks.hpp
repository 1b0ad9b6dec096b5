// SPDX-License-Identifier: Apache-2.0
// A picture out of half blocks: two points a cell, one above the other. Pure.
#pragma once

#include "pixels.hpp"

#include <string>

namespace quern {

// One line of text for each two rows of points. `direct`: any colour; else the 256 of xterm.
std::string blocks_of(const Pixels& pixels, bool direct);

}  // namespace quern
