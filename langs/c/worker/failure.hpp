// SPDX-License-Identifier: Apache-2.0
//
// Names and words for what ends a snippet: exceptions and signals. Knows what they are called, not
// what to do then.
#pragma once

#include "guard.hpp"

#include <exception>
#include <string>

namespace quern {

// Within a handler of the exception; null when it is none of the standard library's.
Ending thrown(const std::exception* error);
Ending crashed(int signal, const void* address);
// A C++ name as people write it.
std::string readable(const char* mangled);

}  // namespace quern
