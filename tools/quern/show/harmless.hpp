// SPDX-License-Identifier: Apache-2.0
// Text that somebody else has made, so that it does nothing to a terminal but show. Pure.
//
// What our own hand lays out (messages, tables, titles) goes through here; what programs write to
// their output is theirs and does not.
#pragma once

#include <string>
#include <string_view>

namespace quern {

// Colours are taken out; other controls, bytes that are no UTF-8, and what turns the direction of
// writing stand as \x1b or \u202e. Newlines and tabs stay.
std::string harmless(std::string_view text);
// The same, and on one line.
std::string harmless_line(std::string_view text);

}  // namespace quern
