// SPDX-License-Identifier: Apache-2.0
// Inputs that a person writes at a terminal: LineEditor and Screen, fed with keys, the daemon's
// advice and the window's size.
//
// While it reads, the terminal is raw; before and behind, it is as it was. What comes of earlier
// runs meanwhile is shown above the prompt.
#pragma once

#include "history_file.hpp"
#include "input_reader.hpp"
#include "line_editor.hpp"
#include "raw_terminal.hpp"
#include "signals.hpp"
#include "writer.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class EditedInput : public InputReader {
 public:
  EditedInput(Session& session, Signals& signals, Writer& writer);

  bool is_terminal() const override { return true; }
  Got read(const Place& place, std::string& input) override;

 private:
  // What is kept of a language from one input to the next.
  struct Desk {
    explicit Desk(const std::string& lang) : history(lang), editor(history.entries()) {}
    HistoryFile history;
    LineEditor editor;
  };
  // One input on its way.
  struct Sitting {
    const Place& place;
    Desk& desk;
    Screen screen;
    std::vector<std::string> below;  // said beneath the text until the next key
  };

  Got converse(Sitting& sitting, std::string& input);
  std::optional<Got> press_all(Sitting& sitting, std::string& input);
  std::optional<Got> obey(Sitting& sitting, LineEditor::Wish wish, std::string& input);
  std::optional<Got> wait(Sitting& sitting);
  bool enter(Sitting& sitting, std::string& input);
  void complete(Sitting& sitting);
  void hear(Sitting& sitting);
  Picture picture(const Sitting& sitting) const;
  void show(Sitting& sitting);
  void leave(Sitting& sitting, const std::string& mark);

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  Adviser adviser_;
  WindowChanges window_;
  KeyDecoder keys_;  // what is typed ahead waits here for the next input
  std::map<std::string, Desk> desks_;
  std::string style_;
  bool ended_ = false;
};

}  // namespace quern
