// SPDX-License-Identifier: Apache-2.0
// Bytes as base64. Pure.
#pragma once

#include <string>
#include <string_view>

namespace quern {

std::string base64_of(std::string_view bytes);

}  // namespace quern
