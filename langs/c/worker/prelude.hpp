// SPDX-License-Identifier: Apache-2.0
//
// What is compiled before the first snippet: the usual headers, the run's arguments, and in C++ the
// templates that make text of a value. Plain text for the compiler; nothing here runs in the
// worker.
#pragma once

#include <string>

namespace quern {

std::string prelude(bool cpp);

}  // namespace quern
