// SPDX-License-Identifier: Apache-2.0
#include "history_walk.hpp"

namespace quern {

void HistoryWalk::begin(const TextBuffer& draft) {
  position_ = history_.size();
  draft_ = draft;
  prefix_ = draft.before();
}

TextBuffer HistoryWalk::entry(std::size_t index) {
  position_ = index;
  if (index == history_.size()) return draft_;
  TextBuffer text;
  text.set(history_.at(index));
  return text;
}

std::optional<TextBuffer> HistoryWalk::older(const TextBuffer& now) {
  const auto index = history_.older(position_, prefix_, now.text());
  if (!index) return std::nullopt;
  return entry(*index);
}

std::optional<TextBuffer> HistoryWalk::newer(const TextBuffer& now) {
  if (position_ == history_.size()) return std::nullopt;
  return entry(history_.newer(position_, prefix_, now.text()).value_or(history_.size()));
}

}  // namespace quern
