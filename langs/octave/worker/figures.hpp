// SPDX-License-Identifier: Apache-2.0
//
// Figures: drawn by gnuplot into files, shown when a snippet ends, then closed.
#pragma once

#include "session.hpp"

namespace quern::figures {

void setup(octave::interpreter& octave);
void show(Session& session);

}  // namespace quern::figures
