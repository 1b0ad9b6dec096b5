// SPDX-License-Identifier: Apache-2.0
//
// Answers to complete, inspect and check, each found by the compiler itself in a forked child:
// nothing of the user's runs and nothing changes. Stateless; what an answer means on the wire is
// the session's concern.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class Compiler;
class Guard;

constexpr unsigned seconds_for_questions = 5;  // whoever asked has gone on by then

struct Completion {
  std::size_t start = 0;  // bytes of the code that an item would replace; the end is the cursor
  std::vector<std::pair<std::string, std::string>> items;  // text and type
};

struct Check {
  std::string state;  // complete, incomplete, invalid, unknown
  std::string indent;
};

Completion complete(Compiler& compiler, Guard& guard, std::string_view code, std::size_t cursor);
std::optional<std::string> inspect(Compiler& compiler, Guard& guard, std::string_view code,
                                   std::size_t cursor, bool detail);
Check check(Compiler& compiler, std::string_view code);

}  // namespace quern
