// SPDX-License-Identifier: Apache-2.0
// Lines that a person types, or that a file holds.
//
// Waits together with the session, which stays alive however long somebody thinks. Editing is the
// terminal's own: what its line discipline knows (erase, word, line), no history.
#pragma once

#include "session.hpp"
#include "signals.hpp"
#include "writer.hpp"

#include <string>

namespace quern {

class LineInput {
 public:
  enum class Got { line, end, interrupted, ended_by_signal };

  LineInput(Session& session, Signals& signals, Writer& writer);

  bool is_terminal() const { return terminal_; }
  // The prompt is for people: only a terminal shows it.
  Got read(const std::string& prompt, std::string& line);
  int signal() const { return signal_; }  // that ended us

 private:
  bool take_line(std::string& line);

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  bool terminal_;
  bool ended_ = false;
  int signal_ = 0;
  std::string buffer_;
};

// Does this want another line? By brackets left open and a colon at the end: a guess that serves
// most languages and needs no interpreter.
bool wants_more(const std::string& code);

}  // namespace quern
