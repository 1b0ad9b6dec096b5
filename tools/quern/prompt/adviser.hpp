// SPDX-License-Identifier: Apache-2.0
// What the daemon knows of an input before it is run: whether it is whole, what a name is.
//
// Asks and waits for a moment; where the daemon cannot tell, brackets decide whether an input is
// whole.
#pragma once

#include "brackets.hpp"
#include "session.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace quern {

// The daemon answers within a second even while the context is busy.
constexpr std::chrono::milliseconds patience_with_daemon{1'500};

// Where an input is run.
struct Place {
  std::string lang;
  std::string ctx;
  std::size_t number = 0;  // of the input that comes next, for its prompt; 0: it has none
  friend bool operator==(const Place&, const Place&) = default;
};

// What is made of the daemon's word; where it has none brackets decide.
Verdict verdict_of(const Result<CheckReply>& reply, const std::string& code);

class Adviser {
 public:
  explicit Adviser(Session& session) : session_(session) {}

  Verdict judge(const Place& place, const std::string& code);
  // In full: with its source, where the language has it.
  Result<InspectReply> inspect(const Place& place, const std::string& name, bool in_full);

 private:
  template <class Answer>
  Result<Answer> ask(Op op);

  Session& session_;
};

}  // namespace quern
