// SPDX-License-Identifier: Apache-2.0
// A text in the editor that somebody prefers: $VISUAL, $EDITOR, else vi, at our terminal.
#pragma once

#include "error.hpp"

#include <functional>
#include <optional>
#include <string>

namespace quern {

// The terminal must be as programs find it. `meanwhile` is called every few seconds. The text's
// last newline is the file's, not the text's. An Error says that there is no such program, or that
// it failed.
// `file` is there, or will be when the editor writes it.
std::optional<Error> edit_file_outside(const std::string& file,
                                       const std::function<void()>& meanwhile);
Result<std::string> edit_outside(const std::string& text, const std::string& file_name,
                                 const std::function<void()>& meanwhile);

}  // namespace quern
