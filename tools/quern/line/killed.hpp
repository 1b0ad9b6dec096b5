// SPDX-License-Identifier: Apache-2.0
// What was cut or copied last. A value.
#pragma once

#include <string>

namespace quern {

struct Killed {
  std::string text;
  bool lines = false;  // whole ones, and put in again as such
};

}  // namespace quern
