// SPDX-License-Identifier: Apache-2.0
// What the daemon settles about its own process, before it serves and at its end.
#pragma once

#include <string>

namespace quern {

// A name for this start of the daemon. Throws std::runtime_error with a sentence.
std::string new_boot();

// Whatever we were started with: 0, 1 and 2 are open, so that no socket of ours becomes somebody's
// stderr.
void hold_standard_descriptors();

void ignore_signals_of_writing();
void keep_freed_memory();  // a little of it: every short run takes and gives as much
void give_back_pages_of_start();
void take_all_descriptors();  // each context takes some eight

// Signals that ask for the end wait until somebody listens: as process 1 we would lose them
// otherwise. And whatever a parent has blocked is let through again.
void hold_signals();
void release_signals();

// The last moments are not to be cut short by somebody who asks for the end once more.
void block_signals();

}  // namespace quern
