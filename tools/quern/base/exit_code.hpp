// SPDX-License-Identifier: Apache-2.0
// What quern exits with, so that a shell learns what a run did.
#pragma once

#include "event.hpp"

namespace quern {

int exit_code(const Finished& finished);
inline int exit_code_of_signal(int number) { return 128 + number; }

// The table above in words, for --help.
inline constexpr const char* exit_codes_in_words =
    "Exit codes: the program's own (an exception is 1); 124 when it was stopped at its wall or CPU "
    "time limit; 125 when quern itself failed (no daemon, a bad request, a lost connection); 126 "
    "when it was never started; 130 when it was interrupted; 137 when it was killed, or stopped at "
    "its memory or output limit; 128+N when it died of signal N; 141 when nobody reads quern's "
    "output.";

}  // namespace quern
