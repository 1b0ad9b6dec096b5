// SPDX-License-Identifier: Apache-2.0
// HTML as text: its words in lines, its tables as tables. Pure.
//
// For the HTML that values show themselves with, not for the web: a tolerant reader that takes any
// bytes, ends in time and memory that grow with them, and knows the tags that part lines.
#pragma once

#include "paint.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

std::string html_text(std::string_view html, const Paint& paint, std::size_t columns);

}  // namespace quern
