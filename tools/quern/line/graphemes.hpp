// SPDX-License-Identifier: Apache-2.0
// Text as a terminal shows it: what is one character to the eye, and how many columns it takes.
//
// Pure. Text is UTF-8; a byte that is not stands for itself and takes one column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

// The end of the character that begins at `at`; the beginning of the one that ends there.
std::size_t next_grapheme(std::string_view text, std::size_t at);
std::size_t previous_grapheme(std::string_view text, std::size_t at);

// A control character counts as the two columns of ^X; a tab is the caller's affair.
int columns_of(std::string_view text);

// Letters, digits, underscores and whatever is not ASCII: what word moves stop at the ends of.
bool is_word(std::string_view grapheme);

// So much of it as fits into so many columns, with an ellipsis where something is missing.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace quern
