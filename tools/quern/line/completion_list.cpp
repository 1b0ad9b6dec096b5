// SPDX-License-Identifier: Apache-2.0
#include "completion_list.hpp"

#include "graphemes.hpp"

#include <algorithm>

namespace quern {

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

}  // namespace quern
