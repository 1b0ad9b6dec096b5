// SPDX-License-Identifier: Apache-2.0
// Inputs line by line: out of a file or pipe, or at a terminal that can do no more than show lines.
//
// Editing, if there is any, is the terminal's own: what its line discipline knows (erase, word,
// line), no history.
#pragma once

#include "input_reader.hpp"
#include "signals.hpp"
#include "writer.hpp"

#include <optional>
#include <string>

namespace quern {

class LineInput : public InputReader {
 public:
  LineInput(Session& session, Signals& signals, Writer& writer);

  bool is_terminal() const override { return terminal_; }
  // The prompt is for people: only a terminal shows it.
  Got read(const Place& place, std::string& input) override;

 private:
  Got read_line(const std::string& prompt, std::string& line);
  bool take_line(std::string& line);
  void hear();
  std::optional<Got> heed_signal();

  Session& session_;
  Signals& signals_;
  Writer& writer_;
  Adviser adviser_;
  bool terminal_;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace quern
