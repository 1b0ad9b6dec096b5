// SPDX-License-Identifier: Apache-2.0
// A picture as sixels: bands of six rows, in at most 256 colours that suit the picture. Pure.
#pragma once

#include "pixels.hpp"

#include <string>

namespace quern {

std::string sixel_of(const Pixels& pixels);

}  // namespace quern
