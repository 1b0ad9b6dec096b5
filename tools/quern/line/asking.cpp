// SPDX-License-Identifier: Apache-2.0
#include "asking.hpp"

#include "graphemes.hpp"

#include <algorithm>

namespace quern {
namespace {

// Letters and what ties names together: os.path, std::vector, obj->field, List#map.
bool is_name(const std::string& text) {
  if (text.empty() || !is_word(text)) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_word(std::string_view(&c, 1)) ||
           std::string_view(".:#->$@").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<Asked> asked_of(const std::string& input, const Syntax& syntax) {
  const std::size_t first = input.find_first_not_of(" \t\n");
  const std::size_t last = input.find_last_not_of(" \t\n");
  if (first == std::string::npos) return std::nullopt;
  std::string text = input.substr(first, last + 1 - first);
  const auto marks_before = std::min(text.find_first_not_of('?'), text.size());
  text.erase(0, marks_before);
  const std::size_t end = text.find_last_not_of('?');
  const std::size_t marks_behind = end == std::string::npos ? 0 : text.size() - end - 1;
  text.resize(text.size() - marks_behind);
  const std::size_t marks = marks_before + marks_behind;
  if (marks == 0 || marks > 2 || !is_name(text)) return std::nullopt;
  if (marks_behind > 0 && syntax.word_end.find('?') != std::string::npos) return std::nullopt;
  return Asked{text, marks == 2};
}

}  // namespace quern
