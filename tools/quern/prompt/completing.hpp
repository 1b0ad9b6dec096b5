// SPDX-License-Identifier: Apache-2.0
// Tab: what may stand at the cursor, asked of the daemon while the person types on.
//
// An answer that comes when the text is another is dropped. A menu that is open takes the keys that
// walk it; every other key closes it and takes what is chosen.
#pragma once

#include "adviser.hpp"
#include "line_editor.hpp"
#include "local_words.hpp"
#include "menu.hpp"
#include "screen.hpp"
#include "session.hpp"

#include <optional>
#include <string>

namespace quern {

class Completing {
 public:
  explicit Completing(Session& session) : session_(session) {}

  void begin(const Place& place, const LocalWords& words, LineEditor& editor);
  bool take(const Message& message, LineEditor& editor);  // was this the answer?
  bool press(const Key& key, LineEditor& editor);         // was it for the menu?
  void dismiss();

  bool is_open() const { return menu_.is_open(); }
  std::vector<PaintedLine> rows(const Palette& palette, WindowSize size);

 private:
  struct Question {
    std::string id;
    std::string text;
    std::size_t cursor;
    std::size_t begin;  // of what the language was asked about
  };

  void offer(Completion completion, bool more, LineEditor& editor);
  void put_wanted(LineEditor& editor);

  Session& session_;
  std::optional<Question> question_;
  Menu menu_;
  std::size_t standing_ = 0;  // bytes of the text that the menu's word takes now
  std::string said_;
};

}  // namespace quern
