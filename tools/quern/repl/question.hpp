// SPDX-License-Identifier: Apache-2.0
// A question of the prompt's own, answered by one key: y is yes, anything else is no.
//
// What the daemon says meanwhile waits, so that the question stays where it can be read, unless it
// makes the question moot. What was typed before is no answer: it is forgotten.
#pragma once

#include "run_terminal.hpp"
#include "session.hpp"
#include "surface.hpp"

#include <functional>
#include <optional>
#include <string>

namespace quern {

enum class Answer { yes, no, moot };

struct Question {
  std::string text;
  Answer on_interrupt = Answer::no;
  std::function<bool(const Message&)> is_moot;  // may be empty
};

struct Reaction {
  Answer answer = Answer::no;
  std::optional<int> signal;  // that came instead of an answer
};

Reaction ask(const Question& question, Session& session, const Surface& surface,
             RunTerminal& terminal);

}  // namespace quern
