// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include "graphemes.hpp"
#include "harmless.hpp"

#include <algorithm>
#include <cmath>

namespace quern {
namespace {

constexpr std::size_t widest_bar = 24, narrowest_bar = 8;

std::string bar(double share, std::size_t cells) {
  const auto full = static_cast<std::size_t>(std::floor(share * static_cast<double>(cells)));
  std::string text;
  for (std::size_t cell = 0; cell < cells; ++cell) text += cell < full ? "█" : "░";
  return text;
}

}  // namespace

std::string progress_line(const std::string& label, const std::string& amounts,
                          std::optional<double> share, std::size_t columns) {
  std::string before = harmless_line(label), behind = amounts;
  if (!before.empty()) before += "  ";
  if (share) {
    share = std::clamp(*share, 0.0, 1.0);
    behind = std::to_string(static_cast<int>(std::floor(*share * 100))) + "%  " + amounts;
    const auto text_width = static_cast<std::size_t>(columns_of(before + behind)) + 3;
    if (columns >= text_width + narrowest_bar)
      before += bar(*share, std::min(widest_bar, columns - text_width)) + "  ";
  }
  return shortened(before + behind, columns - 1);
}

}  // namespace quern
