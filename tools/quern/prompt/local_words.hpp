// SPDX-License-Identifier: Apache-2.0
// What completes a command for the prompt itself: its own words, languages, files of this machine.
#pragma once

#include "menu.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct LocalWords {
  std::vector<Choice> commands;  // :help, and what it is for
  std::vector<Choice> languages;
};

struct Completion {
  std::size_t begin = 0;  // what the choices would replace
  std::size_t end = 0;
  std::vector<Choice> choices;
};

// Of the word before the cursor, which the line's first word gives a meaning. None: the language is
// to be asked, from `begin` of the text on.
struct Local {
  std::optional<Completion> completion;
  std::size_t begin = 0;
};
Local complete_locally(const LocalWords& words, std::string_view before);

}  // namespace quern
