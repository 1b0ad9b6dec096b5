// SPDX-License-Identifier: Apache-2.0
#include "history_search.hpp"

#include "graphemes.hpp"

namespace quern {

using Code = Key::Code;

void HistorySearch::begin(const TextBuffer& before) {
  going_ = true;
  failed_ = false;
  wanted_.clear();
  found_ = history_.size();
  before_ = before;
}

std::string HistorySearch::prompt() const {
  if (!going_) return {};
  return std::string(failed_ ? "(nothing has" : "(search") + " \"" + wanted_ + "\") ";
}

bool HistorySearch::press(const Key& key, TextBuffer& buffer) {
  if (is_control(key, 'r')) {
    if (wanted_.empty()) wanted_ = last_wanted_;
    search(true, buffer);
  } else if (key.code == Code::backspace && !key.alt) {
    wanted_.resize(previous_grapheme(wanted_, wanted_.size()));
    found_ = history_.size();
    search(false, buffer);
  } else if (key.code == Code::character && !key.ctrl && !key.alt) {
    wanted_ += key.text;
    search(false, buffer);
  } else if (is_control(key, 'g') || key.code == Code::escape) {
    buffer = before_;
    end();
  } else {
    end();
    return false;
  }
  return true;
}

void HistorySearch::again(TextBuffer& buffer) {
  if (last_wanted_.empty()) return;
  wanted_ = last_wanted_;
  search(true, buffer);
}

void HistorySearch::search(bool further, TextBuffer& buffer) {
  if (wanted_.empty()) {
    buffer = before_;
    failed_ = false;
    return;
  }
  last_wanted_ = wanted_;
  const std::size_t from = further || found_ == history_.size() ? found_ : found_ + 1;
  const auto found = history_.older_with(from, wanted_);
  failed_ = !found;
  if (!found) return;
  found_ = *found;
  buffer.set(history_.at(*found));
}

}  // namespace quern
