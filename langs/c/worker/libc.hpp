// SPDX-License-Identifier: Apache-2.0
//
// The functions of the C library that mean something else in a snippet, because the snippet is not
// the process: exit ends the snippet, and system can be interrupted. Everything else is the
// library's own.
#pragma once

#include <utility>
#include <vector>

namespace quern {

std::vector<std::pair<const char*, void*>> libc_symbols();

// Takes note of the ends of commands whose snippets were left while they ran.
void reap_commands();

}  // namespace quern
