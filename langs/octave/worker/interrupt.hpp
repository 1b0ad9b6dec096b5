// SPDX-License-Identifier: Apache-2.0
//
// SIGINT while a snippet runs becomes Octave's interrupt_exception; at other times it is nothing.
//
// Octave asks for a noted signal between statements and in its own loops. A timer ticks until it
// has: so a blocked read that the signal came just too early for ends too. Within the numeric and
// pattern libraries' own code, where Octave cannot ask, the tick itself throws; they hold no lock
// there. And where a built-in function calls the user's a million times, no statement comes up at
// which Octave would ask: after a while its limit of recursion is taken away, so that the next such
// call fails.
#pragma once

#include "octave.hpp"

namespace quern::interrupt {

// After Octave has installed its handlers, of which most would hide how the worker dies.
void setup(octave::tree_evaluator& evaluator);

void begin();  // around a snippet
void end();
bool pending();  // one has come that is not thrown yet, or as another failure

}  // namespace quern::interrupt
