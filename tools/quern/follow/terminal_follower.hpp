// SPDX-License-Identifier: Apache-2.0
// Brings a terminal run to our terminal: its output as it is, our keys, the size of our window.
//
// Lives for one stay; everything it uses is lent. After a cut connection it attaches again behind
// what it has shown. Leaving, by the escape keys or by a signal, does not touch the run.
//
// Never: starts or ends a daemon, puts the terminal back (its owner does).
#pragma once

#include "escape_keys.hpp"
#include "followed_run.hpp"
#include "raw_terminal.hpp"
#include "signals.hpp"
#include "whole_terminal.hpp"
#include "writer.hpp"

#include <optional>
#include <string>

namespace quern {

class TerminalFollower {
 public:
  struct Ending {
    std::optional<Finished> finished;  // empty: we left it
    int signal = 0;                    // of ours, that made us leave
  };

  TerminalFollower(Session& session, Signals& signals, Writer& writer, WholeTerminal& terminal,
                   EscapeKeys keys);
  ~TerminalFollower();
  TerminalFollower(const TerminalFollower&) = delete;
  TerminalFollower& operator=(const TerminalFollower&) = delete;

  Ending run(StartRun request, const std::string& name);
  Ending attach(const std::string& run, std::uint64_t tail);

 private:
  Ending follow();
  std::chrono::milliseconds patience() const;
  void turn();
  void heed_signals();
  void type();
  void offer();
  void handle(const Message& message);
  void on_typed(const Message& message);
  void on_event(const Message& message);
  void attach_again();
  void resize(WindowSize size);
  void redraw();

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  WholeTerminal& terminal_;
  EscapeKeys keys_;
  WindowChanges window_;

  FollowedRun run_;
  std::int64_t replay_until_ = -1;  // what is shown for the second time, and may ask the terminal
  std::string typed_;               // not known to have arrived
  std::string input_id_;
  Clock::time_point offer_at_{};
  std::optional<Finished> finished_;
  bool leaves_ = false;
  int signal_ = 0;
};

}  // namespace quern
