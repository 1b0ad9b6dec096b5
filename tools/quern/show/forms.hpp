// SPDX-License-Identifier: Apache-2.0
// A value comes in several forms, one a MIME type; which of them a terminal shows. Pure.
#pragma once

#include "event.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace quern {

struct Form {
  std::string_view mime, bytes;
};

// Views into the event's bytes, which must outlive them.
std::vector<Form> forms_of(const Shown& shown);

// A picture of points, which every way of showing pictures can begin with.
std::optional<Form> picture_among(const std::vector<Form>& forms);
// What is best read. text/plain is how the language itself shows the value; another form is
// preferred where that only stands for something (`<Figure size 640x480>`), or where it is a frame
// of data, which a table shows better.
std::optional<Form> text_among(const std::vector<Form>& forms);

// What is worth a file where it cannot be shown: a picture of any kind, a document.
std::optional<Form> file_among(const std::vector<Form>& forms);

// `<Figure size 640x480 with 1 Axes>` says that there is something, and not what.
bool is_stand_in(std::string_view text);

}  // namespace quern
