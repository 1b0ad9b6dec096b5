// SPDX-License-Identifier: Apache-2.0
#include "grid.hpp"

#include "graphemes.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace quern {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;  // a cut column keeps so much

std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(columns_of(text)); }

bool is_number(std::string_view text) {
  if (text == "NaN" || text == "NA" || text == "inf" || text == "-inf" || text == "…" ||
      text == "..." || text.empty())
    return true;
  if (text.find_first_of("0123456789") == std::string_view::npos) return false;
  return text.find_first_not_of("0123456789.,+-eE% ") == std::string_view::npos;
}

std::size_t total_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         gap * (widths.empty() ? 0 : widths.size() - 1);
}

// Takes from the widest until all fit, or none is wide any more.
void narrow(std::vector<std::size_t>& widths, std::size_t columns) {
  while (total_of(widths) > columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= narrowest) return;
    std::size_t second = narrowest;
    for (auto one = widths.begin(); one != widths.end(); ++one)
      if (one != widest) second = std::max(second, std::min(*one, *widest));
    const std::size_t over = total_of(widths) - columns;
    const std::size_t to = *widest > over ? *widest - over : 0;
    *widest = std::max({to, std::min(second, *widest - 1), narrowest});
  }
}

}  // namespace

void Grid::add(Cells row, bool heading) { rows_.push_back({std::move(row), heading}); }

std::string Grid::text(const Paint& paint, std::size_t columns) const {
  std::vector<std::size_t> widths;
  std::vector<bool> numbers;
  for (const Row& row : rows_) {
    widths.resize(std::max(widths.size(), row.cells.size()), 0);
    numbers.resize(widths.size(), true);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row.cells[i]));
      if (!row.heading && !is_number(row.cells[i])) numbers[i] = false;
    }
  }
  narrow(widths, columns);
  std::vector<std::size_t> shown(widths.size());
  std::iota(shown.begin(), shown.end(), 0);
  const auto needed = [&] {
    std::size_t total = widths.size() > shown.size() ? gap + 1 : 0;
    for (const std::size_t i : shown) total += widths[i] + gap;
    return total - std::min(gap, total);
  };
  while (shown.size() > 1 && needed() > columns)
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(shown.size() / 2));
  const bool some_left_out = shown.size() < widths.size();

  std::string text;
  for (std::size_t at = 0; at < rows_.size(); ++at) {
    const Row& row = rows_[at];
    std::string line;
    std::size_t last = 0;
    for (std::size_t n = 0; n < shown.size(); ++n) {
      const std::size_t i = shown[n];
      if (some_left_out && i > last + 1) line += std::string("…") + std::string(gap, ' ');
      last = i;
      const std::string cell = shortened(i < row.cells.size() ? row.cells[i] : "", widths[i]);
      const std::string blank(widths[i] - std::min(widths[i], width_of(cell)), ' ');
      line += numbers[i] ? blank + cell : cell + blank;
      line += std::string(gap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (row.heading ? paint.bold(line) : line) + "\n";
    const bool last_heading = row.heading && at + 1 < rows_.size() && !rows_[at + 1].heading;
    if (!last_heading) continue;
    std::string rule;
    for (std::size_t i = 0; i < std::min(needed(), columns); ++i) rule += "─";
    text += paint.dim(rule) + "\n";
  }
  return text;
}

}  // namespace quern
