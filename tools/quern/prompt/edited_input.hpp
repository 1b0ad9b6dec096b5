// SPDX-License-Identifier: Apache-2.0
// Inputs that a person writes at a terminal: LineEditor and Screen, fed with keys, the daemon's
// advice and the window's size.
//
// While it reads, the terminal is raw; before and behind, it is as it was. What comes of earlier
// runs meanwhile is shown above the prompt. Nothing that the daemon is asked holds up a key.
#pragma once

#include "completing.hpp"
#include "desk.hpp"
#include "entering.hpp"
#include "input_reader.hpp"
#include "raw_terminal.hpp"
#include "repl_config.hpp"
#include "signals.hpp"
#include "writer.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace quern {

class EditedInput : public InputReader {
 public:
  EditedInput(Session& session, Signals& signals, Writer& writer);

  bool is_terminal() const override { return true; }
  Got read(const Place& place, std::string& input) override;
  void choose_keys(const std::string& name) override;
  void type_ahead(std::string_view keys) override { decoder_.feed(keys); }

 private:
  // One input on its way.
  struct Sitting {
    const Place& place;
    Desk& desk;
    std::optional<RawTerminal> raw;
    Screen screen;
    Completing completing;
    Entering entering;
    bool entered = false;
    std::string shape;  // the cursor's, as the terminal was last told
  };

  Got converse(Sitting& sitting);
  std::optional<Key> next_key();
  std::optional<Got> press_all(Sitting& sitting);
  std::optional<Got> press(Sitting& sitting, const Key& key);
  void enter(Sitting& sitting);
  void judge(Sitting& sitting, const Verdict& verdict);
  void finish(Sitting& sitting);
  void edit_outside(Sitting& sitting);
  std::optional<Got> wait(Sitting& sitting);
  std::optional<Got> heed_signal(Sitting& sitting);
  void take_keys();
  bool escape_means_something(const Sitting& sitting) const;
  std::chrono::milliseconds patience(const Sitting& sitting) const;
  void step_aside(Sitting& sitting);
  void hear(Sitting& sitting);
  void take_reply(Sitting& sitting, const Message& message);
  Picture picture(Sitting& sitting) const;
  void show(Sitting& sitting);
  void leave(Sitting& sitting, const std::string& mark);
  std::string input_of(const Sitting& sitting) const;
  void remember(Desk& desk, const std::string& text);

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  WindowChanges window_;
  KeyDecoder decoder_;
  Clock::time_point escaped_;  // when keys were last read: since then an Escape stands alone
  std::deque<Key> ahead_;      // typed ahead: waits here for the next input
  std::map<std::string, Desk> desks_;
  ReplConfig config_;
  Palette palette_;
  std::string behind_;              // the prompt: tells the terminal that the input begins
  std::optional<int> late_signal_;  // that came while another editor had the terminal
  bool ended_ = false;
  bool told_of_history_ = false;
};

}  // namespace quern
