// SPDX-License-Identifier: Apache-2.0
// Which of the known words was probably meant. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

// Edits that turn one word into the other; two neighbours swapped count as one.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// Empty when none is near enough to be a misspelling: a third of its letters, and always one.
template <class Words>
std::string_view nearest(std::string_view word, const Words& known) {
  constexpr std::size_t longest = 64;  // nobody misspells a word longer than this
  if (word.empty() || word.size() > longest) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.empty() || candidate.size() > longest) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // Who misspells a word seldom misses its first letter: that decides between equals.
    const bool better = distance < best_distance ||
                        (distance == best_distance && !best.empty() &&
                         candidate.front() == word.front() && best.front() != word.front());
    if (better && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

// Behind a sentence about an unknown word: what was probably meant, else all there is.
template <class Words>
std::string did_you_mean(std::string_view word, const Words& known) {
  if (const std::string_view meant = nearest(word, known); !meant.empty())
    return "; did you mean `" + std::string(meant) + "`?";
  std::string listed = "; known are";
  for (const std::string_view name : known) {
    listed += listed.ends_with('`') ? ", `" : " `";
    listed.append(name) += '`';
  }
  return listed + ".";
}

}  // namespace quern
