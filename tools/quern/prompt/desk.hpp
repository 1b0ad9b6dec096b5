// SPDX-License-Identifier: Apache-2.0
// What is kept of a language from one input to the next: its history, its editor and how it looks.
#pragma once

#include "history_file.hpp"
#include "line_editor.hpp"
#include "session.hpp"

#include <string>

namespace quern {

class Desk {
 public:
  explicit Desk(const std::string& lang) : history(lang), editor(history.entries()) {}

  // Asks how the language looks, until that is known or will not be: a daemon may be too old.
  void ask_syntax(Session& session, const std::string& lang);
  // Was this the answer?
  bool take(const Message& message);

  HistoryFile history;
  LineEditor editor;

 private:
  std::string asked_;  // the id of the question
  bool known_ = false;
};

}  // namespace quern
