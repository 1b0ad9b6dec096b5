// SPDX-License-Identifier: Apache-2.0
//
// The functions of the C library that mean something else in a snippet, because the snippet is not
// the process: exit ends the snippet, and system can be interrupted. With them, the variables of
// threads of which the C++ library's headers need two. Everything else is the libraries' own.
#pragma once

#include <utility>
#include <vector>

namespace quern {

std::vector<std::pair<const char*, void*>> libc_symbols();

// Takes note of the ends of commands whose snippets were left while they ran.
void reap_commands();
// The snippet was interrupted: what it waits for in system has heard of it, and is given some time
// to end.
void end_commands();

}  // namespace quern
