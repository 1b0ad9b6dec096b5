// SPDX-License-Identifier: Apache-2.0
// How far long work has come, as a line with a bar. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace quern {

// `training  ██████░░░░░░░░░░░░░░░░░░  25%  30 of 120`, narrower than the window, with a bar where
// there is room for one. No share: nobody knows it.
std::string progress_line(const std::string& label, const std::string& amounts,
                          std::optional<double> share, std::size_t columns);

}  // namespace quern
