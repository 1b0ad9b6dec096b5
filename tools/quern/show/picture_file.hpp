// SPDX-License-Identifier: Apache-2.0
// PNG and JPEG files as points. Pure: bytes come in, points go out.
//
// The bytes come from whatever program has shown them: what is broken, or larger than anybody
// looks at in a terminal, gives nothing.
#pragma once

#include "pixels.hpp"

#include <optional>
#include <string_view>

namespace quern {

std::optional<Pixels> read_png(std::string_view bytes);
std::optional<Pixels> read_jpeg(std::string_view bytes);
std::optional<Pixels> read_picture(std::string_view mime, std::string_view bytes);

}  // namespace quern
