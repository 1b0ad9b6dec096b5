// SPDX-License-Identifier: Apache-2.0
// UTF-8, as far as the wire cares: where text stops being valid, and how to make it valid.
//
// Pure functions over bytes. A MessagePack `str` that is not UTF-8 makes strict decoders throw, so
// nothing that comes from a program goes into one without passing here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quern::native {

// Where the first byte stands that is no part of a well-formed character; nothing when all is well.
std::optional<std::size_t> first_invalid_utf8(std::string_view bytes);

// The text with each malformed sequence replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

// For messages: at most 40 bytes of what came, as text without control characters.
std::string excerpt(std::string_view bytes);
std::string in_quotes(std::string_view bytes);

// 1 to 64 bytes of printable ASCII: a request's id, and so a run's name.
bool is_id(std::string_view text);

}  // namespace quern::native
