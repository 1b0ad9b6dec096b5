// SPDX-License-Identifier: Apache-2.0
// The bytes by which a terminal shows a picture at its cursor, as wide and high as so many cells.
// Pure.
#pragma once

#include "forms.hpp"
#include "look.hpp"
#include "pixels.hpp"

#include <optional>
#include <string>

namespace quern {

// In lines of their own, which the picture's own height makes. Nothing: this terminal shows none,
// or the picture cannot be read.
std::optional<std::string> inline_picture(const Form& form, const Look& look, const Window& window);

std::string kitty_picture(std::string_view data, bool png, Size pixels, Size cells);
std::string iterm_picture(std::string_view file, Size cells);

}  // namespace quern
