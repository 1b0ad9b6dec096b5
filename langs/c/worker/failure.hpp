// SPDX-License-Identifier: Apache-2.0
//
// Names and words for what ends a snippet: exceptions and signals. Knows what they are called, not
// what to do then.
#pragma once

#include "guard.hpp"

#include <exception>
#include <stdexcept>
#include <string>

namespace quern {

// Within a handler of the exception; null when it is none of the standard library's.
Ending thrown(const std::exception* error);
Ending crashed(int signal, const void* address);
// A C++ type's name as people write it.
std::string readable(const char* mangled);
// The same of what a linker calls so, which in C is the name itself.
std::string readable_symbol(const std::string& name);

// Code that was compiled does not come together with what there is.
struct LinkError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace quern
