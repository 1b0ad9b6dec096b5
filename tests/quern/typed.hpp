// SPDX-License-Identifier: Apache-2.0
// An editor that is typed at in the bytes of a terminal, for tests.
#pragma once

#include "line_editor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace quern {

class Typed {
 public:
  explicit Typed(std::vector<std::string> entries = {}, KeySet keys = KeySet::emacs)
      : editor_(history_) {
    for (const std::string& entry : entries) history_.add(entry);
    editor_.use(keys);
    editor_.begin();
  }
  LineEditor::Wish type(std::string_view bytes) {
    decoder_.feed(bytes);
    LineEditor::Wish wish = LineEditor::Wish::none;
    while (auto key = decoder_.next()) wish = editor_.press(*key);
    while (decoder_.has_lone_escape()) editor_.press(decoder_.take_lone_escape());
    return wish;
  }
  std::string text(std::string_view bytes) {
    type(bytes);
    return editor_.buffer().text();
  }
  // With a mark where the cursor is.
  std::string seen(std::string_view bytes) {
    type(bytes);
    std::string text = editor_.buffer().text();
    return text.insert(editor_.buffer().cursor(), "|");
  }
  LineEditor& editor() { return editor_; }

 private:
  History history_;
  LineEditor editor_;
  KeyDecoder decoder_;
};

}  // namespace quern
