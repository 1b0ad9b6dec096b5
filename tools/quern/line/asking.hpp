// SPDX-License-Identifier: Apache-2.0
// A name with a question mark, before it or behind: what is asked of it instead of run. Pure.
#pragma once

#include "syntax.hpp"

#include <optional>
#include <string>

namespace quern {

struct Asked {
  std::string name;
  bool in_full = false;  // with two: its source, where the language has it
  friend bool operator==(const Asked&, const Asked&) = default;
};

// Nothing where words may end with the mark: there it is a name that is run.
std::optional<Asked> asked_of(const std::string& input, const Syntax& syntax);

}  // namespace quern
