// SPDX-License-Identifier: Apache-2.0
#include "screen.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

constexpr const char* erase_below = "\x1b[J";
constexpr const char* erase_row = "\x1b[K";

// The part of a layout that fits, moved no further than the cursor asks for.
Layout window_of(Layout layout, std::size_t height, std::size_t& top) {
  if (layout.rows.size() <= height) {
    top = 0;
    return layout;
  }
  top = std::clamp(top, layout.cursor_row + 1 - std::min(height, layout.cursor_row + 1),
                   layout.cursor_row);
  top = std::min(top, layout.rows.size() - height);
  const auto begin = layout.rows.begin() + static_cast<std::ptrdiff_t>(top);
  layout.rows = {begin, begin + static_cast<std::ptrdiff_t>(height)};
  layout.cursor_row -= top;
  return layout;
}

}  // namespace

std::string Screen::to_row(std::size_t row) {
  std::string bytes = "\r";
  if (row < row_) bytes += "\x1b[" + std::to_string(row_ - row) + "A";
  if (row > row_) bytes += "\x1b[" + std::to_string(row - row_) + "B";
  row_ = row;
  column_ = 0;
  return bytes;
}

// Each row is erased before it is drawn, never the whole window: some terminals would keep what
// they are told to erase from their first cell on among what has scrolled by.
std::string Screen::draw(const Layout& layout, std::size_t from) {
  std::string bytes;
  if (from < shown_.size() || shown_.empty()) {
    bytes = to_row(from) + (std::exchange(stale_, false) ? erase_below : "");
  } else {
    // A row that was not there yet is reached by a new line, which scrolls where it must.
    bytes = to_row(shown_.size() - 1) + "\r\n";
    row_ = from;
  }
  for (std::size_t i = from; i < layout.rows.size(); ++i) {
    if (i > from) bytes += "\r\n";
    bytes += erase_row + layout.rows[i].bytes;
  }
  row_ = layout.rows.size() - 1;
  if (shown_.size() > layout.rows.size()) bytes += to_row(layout.rows.size()) + erase_below;
  column_ = -1;  // perhaps behind the last column
  return bytes;
}

std::string Screen::place_cursor(const Layout& layout) {
  if (row_ == layout.cursor_row && column_ == layout.cursor_column) return {};
  std::string bytes = to_row(layout.cursor_row);
  if (layout.cursor_column > 0) bytes += "\x1b[" + std::to_string(layout.cursor_column) + "C";
  column_ = layout.cursor_column;
  return bytes;
}

std::string Screen::show(const Picture& picture) {
  const Layout layout =
      window_of(lay_out(picture, size_.columns), static_cast<std::size_t>(size_.rows), top_);
  const auto [was, is] =
      std::mismatch(shown_.begin(), shown_.end(), layout.rows.begin(), layout.rows.end());
  const auto same = static_cast<std::size_t>(is - layout.rows.begin());
  std::string bytes;
  if (was != shown_.end() || is != layout.rows.end() || shown_.empty()) {
    if (same == layout.rows.size())  // rows went away at the end: nothing to draw, but to erase
      bytes = to_row(same) + erase_below;
    else
      bytes = draw(layout, same);
  }
  shown_ = layout.rows;
  return bytes + place_cursor(layout);
}

std::string Screen::clear() {
  if (shown_.empty()) return {};
  std::string bytes = to_row(0) + erase_below;
  forget();
  return bytes;
}

std::string Screen::leave(const Picture& picture) {
  const Layout layout = lay_out(picture, size_.columns);
  std::string bytes;
  if (layout.rows.size() > static_cast<std::size_t>(size_.rows)) {
    bytes = draw(layout, 0);  // what had no room scrolls by
  } else {
    bytes = show(picture) + to_row(layout.rows.size() - 1);
  }
  forget();
  return bytes + "\r\n";
}

// Terminals break what they show anew, so that a row may have become several.
void Screen::resized(WindowSize size) {
  const auto height_of = [&](int columns) {
    return static_cast<std::size_t>(std::max(0, columns - 1) / size.columns);
  };
  std::size_t row = row_;
  for (std::size_t i = 0; i < row_ && i < shown_.size(); ++i) row += height_of(shown_[i].columns);
  row += static_cast<std::size_t>(std::max(0, column_) / size.columns);
  row_ = std::min(row, static_cast<std::size_t>(size.rows - 1));
  shown_.clear();
  stale_ = true;
  top_ = 0;
  size_ = size;
}

void Screen::forget() {
  shown_.clear();
  stale_ = false;
  row_ = 0;
  column_ = 0;
  top_ = 0;
}

}  // namespace quern
