// SPDX-License-Identifier: Apache-2.0
#include "completion_list.hpp"

#include "graphemes.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr int gap = 2;

}  // namespace

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const std::string& first = words.front();
  std::size_t size = first.size();
  for (const std::string& word : words) {
    const auto differs = std::mismatch(first.begin(), first.end(), word.begin(), word.end()).first;
    size = std::min(size, static_cast<std::size_t>(differs - first.begin()));
  }
  std::size_t whole = 0;
  for (std::size_t end = 0; whole < size; whole = end) {
    end = next_grapheme(first, whole);
    if (end > size) break;
  }
  return first.substr(0, whole);
}

std::vector<std::string> in_columns(const std::vector<std::string>& words, int width,
                                    std::size_t most) {
  int widest = 1;
  for (const std::string& word : words) widest = std::max(widest, columns_of(word));
  const auto across = static_cast<std::size_t>(std::max(1, (width + gap) / (widest + gap)));
  const std::size_t room = std::max<std::size_t>(most, 2);
  std::size_t high = (words.size() + across - 1) / across;
  std::size_t shown = words.size();
  if (high > room) {
    high = room - 1;
    shown = high * across;
  }
  std::vector<std::string> rows(high);
  for (std::size_t i = 0; i < shown; ++i) {
    std::string& row = rows[i % high];
    const auto column = static_cast<int>(i / high) * (widest + gap);
    row.append(static_cast<std::size_t>(std::max(0, column - columns_of(row))), ' ');
    row += words[i];
  }
  if (shown < words.size())
    rows.push_back("… and " + std::to_string(words.size() - shown) + " more");
  return rows;
}

}  // namespace quern
