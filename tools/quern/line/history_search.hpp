// SPDX-License-Identifier: Apache-2.0
// A search through a history that follows what is typed, from the newest entry to the oldest.
#pragma once

#include "history.hpp"
#include "key_decoder.hpp"
#include "text_buffer.hpp"

#include <string>

namespace quern {

class HistorySearch {
 public:
  explicit HistorySearch(const History& history) : history_(history) {}

  void begin(const TextBuffer& before);
  void end() {
    going_ = false;
    found_ = history_.size();
  }
  bool going() const { return going_; }
  // False for a key that ends the search and then does what it always does.
  bool press(const Key& key, TextBuffer& buffer);
  // Once more, what was last searched for.
  void again(TextBuffer& buffer);
  std::string prompt() const;

 private:
  void search(bool further, TextBuffer& buffer);

  const History& history_;
  bool going_ = false;
  bool failed_ = false;
  std::string wanted_;
  std::string last_wanted_;
  std::size_t found_ = 0;  // the size of the history: nothing yet
  TextBuffer before_;
};

}  // namespace quern
