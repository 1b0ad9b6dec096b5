// SPDX-License-Identifier: Apache-2.0
// The texts that were, to go back to and forth again. A value.
#pragma once

#include "text_buffer.hpp"

#include <optional>
#include <vector>

namespace quern {

class Undo {
 public:
  // The text is about to be another. Changes of one step, told one after another, are undone as
  // one.
  void note(const TextBuffer& before, int step);
  std::optional<TextBuffer> back(const TextBuffer& now);
  std::optional<TextBuffer> forth(const TextBuffer& now);

 private:
  std::vector<TextBuffer> before_;
  std::vector<TextBuffer> behind_;
  std::size_t bytes_ = 0;  // of those before
  std::optional<int> step_;
};

}  // namespace quern
