// SPDX-License-Identifier: Apache-2.0
// A value as text, by the form of it that is best read. Pure.
#pragma once

#include "forms.hpp"
#include "paint.hpp"

#include <cstddef>
#include <string>

namespace quern {

// No newline at its end. A form that is no text is told by its type and size.
std::string form_text(const Form& form, const Paint& paint, std::size_t columns);

// On one line of a window, as progress_line.
std::string progress_text(const Progressed& progress, std::size_t columns);

}  // namespace quern
