// SPDX-License-Identifier: Apache-2.0
#include "undo.hpp"

#include <utility>

namespace quern {
namespace {

// Whole texts are kept: of the few lines of an input that is little, and of a large one it ends
// here.
constexpr std::size_t most_bytes = std::size_t{4} << 20;

std::optional<TextBuffer> step_over(std::vector<TextBuffer>& from, std::vector<TextBuffer>& to,
                                    const TextBuffer& now) {
  if (from.empty()) return std::nullopt;
  TextBuffer text = std::move(from.back());
  from.pop_back();
  to.push_back(now);
  return text;
}

}  // namespace

void Undo::note(const TextBuffer& before, int step) {
  behind_.clear();
  if (std::exchange(step_, step) == step) return;
  before_.push_back(before);
  bytes_ += before.text().size();
  while (bytes_ > most_bytes && before_.size() > 1) {
    bytes_ -= before_.front().text().size();
    before_.erase(before_.begin());
  }
}

std::optional<TextBuffer> Undo::back(const TextBuffer& now) {
  step_.reset();
  if (!before_.empty()) bytes_ -= before_.back().text().size();
  return step_over(before_, behind_, now);
}

std::optional<TextBuffer> Undo::forth(const TextBuffer& now) {
  step_.reset();
  if (!behind_.empty()) bytes_ += now.text().size();
  return step_over(behind_, before_, now);
}

}  // namespace quern
