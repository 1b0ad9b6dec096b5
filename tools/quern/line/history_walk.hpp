// SPDX-License-Identifier: Apache-2.0
// Up and Down through a history: to what begins as the text did before the cursor when the walk
// began, and back to that text.
#pragma once

#include "history.hpp"
#include "text_buffer.hpp"

#include <optional>
#include <string>

namespace quern {

class HistoryWalk {
 public:
  explicit HistoryWalk(const History& history) : history_(history) { begin({}); }

  void begin(const TextBuffer& draft);
  std::optional<TextBuffer> older(const TextBuffer& now);
  std::optional<TextBuffer> newer(const TextBuffer& now);

 private:
  TextBuffer entry(std::size_t index);

  const History& history_;
  std::size_t position_ = 0;  // its size: the text that is being written
  TextBuffer draft_;
  std::string prefix_;
};

}  // namespace quern
