// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include "graphemes.hpp"
#include "harmless.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace quern {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 4;  // three letters and the ellipsis

std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(columns_of(text)); }

std::size_t sum_of(const std::vector<std::size_t>& widths) {
  const std::size_t own = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  const auto shown = static_cast<std::size_t>(
      std::count_if(widths.begin(), widths.end(), [](std::size_t width) { return width > 0; }));
  return own + gap * (shown > 0 ? shown - 1 : 0);
}

bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

void shrink(std::size_t& width, std::size_t surplus, std::size_t least) {
  if (width > least) width -= std::min(surplus, width - least);
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) {
    cell = harmless_line(cell);
    if (cell.empty()) cell = "-";
  }
  rows_.push_back(std::move(row));
}

std::string Table::text() const { return text(static_cast<std::size_t>(-1), {}); }

std::string Table::text(std::size_t columns, const Thrift& thrift) const {
  std::vector<std::size_t> widths;  // 0: left out
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const auto surplus = [&] { return sum_of(widths) - std::min(columns, sum_of(widths)); };
  shrink(widths.front(), surplus(), std::max(thrift.first, narrowest));
  for (const std::size_t column : thrift.leave_out)
    if (surplus() > 0) widths[column] = 0;
  shrink(widths.front(), surplus(), narrowest);

  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::string cell = shortened(row[i], widths[i]);
      const std::string padding(widths[i] - std::min(widths[i], width_of(cell)), ' ');
      if (!line.empty()) line.append(gap, ' ');
      line += contains(right_, i) ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string readable_size(std::uint64_t bytes) {
  static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < std::size(units); ++unit) amount /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
  return text;
}

std::string readable_duration(std::int64_t ms) {
  const std::int64_t seconds = ms / 1000;
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600)
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

}  // namespace quern
