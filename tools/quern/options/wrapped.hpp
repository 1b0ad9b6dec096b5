// SPDX-License-Identifier: Apache-2.0
// Text broken into lines that fit the narrowest usual terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

inline constexpr std::size_t help_columns = 79;

// Lines stay apart; one that is too long goes on beneath itself, as far indented.
std::string wrapped(std::string_view text, std::size_t columns);

}  // namespace quern
