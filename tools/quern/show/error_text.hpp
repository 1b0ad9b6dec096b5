// SPDX-License-Identifier: Apache-2.0
// An error as its language tells it, with what matters standing out. Pure.
//
// One small rule for all languages: places (file and line) are dim, the line that says what is
// wrong is bold red, marks under a line are red, and lines of code are left as they are. Where a
// compiler does not show the line it means, the line of the user's code is put beneath, with the
// column marked.
#pragma once

#include "event.hpp"
#include "paint.hpp"

#include <string>
#include <string_view>

namespace quern {

std::string error_text(const ErrorRaised& error, std::string_view code, const Paint& paint);

}  // namespace quern
