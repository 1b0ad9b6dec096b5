// SPDX-License-Identifier: Apache-2.0
//
// Functions of Octave's that the worker replaces: those that ask (input, yes_or_no) or read lines,
// those before which all output is to be seen, the debugger's prompt, argv, exit, and display,
// which gives the last statement's value to the worker instead of printing it.
#pragma once

#include "octave.hpp"

namespace quern::functions {

void install(octave::interpreter& octave);

// exit(code, "force"), and the end of requests: Octave's exit hooks run, and the process is gone.
[[noreturn]] void end_now(int code);

}  // namespace quern::functions
