// SPDX-License-Identifier: Apache-2.0
// How far a line should be in, as its surroundings tell without the language's help. Pure.
#pragma once

#include "syntax.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace quern {

constexpr std::size_t indent_step = 4;

// Of the line that begins behind `before`: as far as the last one, and a step more where that opens
// something.
std::string indent_behind(const Syntax& syntax, std::string_view before);

// Of a line that begins with a closing bracket: as far as the one which opened it. None: none did.
std::optional<std::string> indent_of_closer(const Syntax& syntax, std::string_view before);

// Of a line that begins with a word which ends a block, or one part of it, and is as far in as the
// block: a step less. None: it stands where it should.
std::optional<std::string> indent_of_ending(const Syntax& syntax, std::string_view before);

// How many blanks before the cursor one Backspace takes: to the step before; 0: there is no
// indentation there.
std::size_t blanks_to_erase(std::string_view before);

}  // namespace quern
