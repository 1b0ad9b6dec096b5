// SPDX-License-Identifier: Apache-2.0
// Is an input whole? By brackets left open, and by a colon or backslash at the end: a guess that
// serves most languages and needs no interpreter. Pure.
#pragma once

#include <string>

namespace quern {

struct Verdict {
  bool whole = true;
  std::string indent;  // of the line to come, where it is not
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// What a colon has begun ends with an empty line.
Verdict judge_by_brackets(const std::string& code);

}  // namespace quern
