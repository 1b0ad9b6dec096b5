// SPDX-License-Identifier: Apache-2.0
#include "menu.hpp"

#include "graphemes.hpp"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

constexpr int gap = 2;
constexpr int kind_gap = 1;  // between a word and its kind

}  // namespace

void Menu::open(std::size_t begin, std::string stands, std::vector<Choice> choices) {
  begin_ = begin;
  stands_ = std::move(stands);
  choices_ = std::move(choices);
  at_.reset();
}

void Menu::fit(int width, std::size_t most) {
  int widest_kind = 0;
  widest_text_ = 1;
  for (const Choice& choice : choices_) {
    widest_text_ = std::max(widest_text_, columns_of(choice.text));
    widest_kind = std::max(widest_kind, columns_of(choice.kind));
  }
  const int with_kind = widest_text_ + kind_gap + widest_kind;
  kinds_ = widest_kind > 0 && with_kind <= width;
  cell_ = (kinds_ ? with_kind : widest_text_) + gap;
  const auto across = static_cast<std::size_t>(std::max(1, (width + gap) / cell_));
  high_ = (choices_.size() + across - 1) / across;
  shown_ = high_ <= std::max<std::size_t>(most, 2) ? high_ : std::max<std::size_t>(most, 2) - 1;
}

void Menu::next(int by) {
  const auto size = static_cast<int>(choices_.size());
  const int from = at_ ? static_cast<int>(*at_) : by > 0 ? -1 : size;
  at_ = static_cast<std::size_t>(((from + by) % size + size) % size);
}

void Menu::aside(int by) {
  if (!at_) return next(by);
  const auto to = static_cast<long>(*at_) + by * static_cast<long>(high_);
  if (to >= 0 && to < static_cast<long>(choices_.size())) at_ = static_cast<std::size_t>(to);
}

PaintedLine Menu::row(std::size_t number, const Palette& palette) const {
  PaintedLine line;
  int columns = 0;  // so far
  const auto pad_to = [&](int column) {
    if (column > columns) line.text.append(static_cast<std::size_t>(column - columns), ' ');
    columns = std::max(columns, column);
  };
  for (std::size_t i = number, cell = 0; i < choices_.size(); i += high_, ++cell) {
    const Choice& choice = choices_[i];
    const int left = static_cast<int>(cell) * cell_;
    pad_to(left);
    const std::size_t begin = line.text.size();
    line.text += choice.text;
    columns += columns_of(choice.text);
    if (at_ == i) line.paints.push_back({begin, line.text.size(), palette.chosen});
    if (!kinds_ || choice.kind.empty()) continue;
    pad_to(left + widest_text_ + kind_gap);
    if (!palette.aside.empty())
      line.paints.push_back(
          {line.text.size(), line.text.size() + choice.kind.size(), palette.aside});
    line.text += choice.kind;
    columns += columns_of(choice.kind);
  }
  return line;
}

std::vector<PaintedLine> Menu::rows(const Palette& palette) const {
  std::vector<PaintedLine> rows;
  if (!is_open()) return rows;
  const std::size_t chosen = at_ ? *at_ % high_ : 0;
  const std::size_t top = chosen < shown_ ? 0 : chosen + 1 - shown_;
  for (std::size_t i = top; i < top + shown_; ++i) rows.push_back(row(i, palette));
  if (shown_ == high_) return rows;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < choices_.size(); ++i)
    if (i % high_ >= top && i % high_ < top + shown_) ++seen;
  PaintedLine rest{"… and " + std::to_string(choices_.size() - seen) + " more"};
  if (!palette.aside.empty()) rest.paints = {{0, rest.text.size(), palette.aside}};
  rows.push_back(std::move(rest));
  return rows;
}

}  // namespace quern
