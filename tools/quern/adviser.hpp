// SPDX-License-Identifier: Apache-2.0
// What the daemon knows of an input before it is run: whether it is whole, what completes it, what
// a name is.
//
// Asks and waits for a moment; where the daemon cannot tell, brackets decide whether an input is
// whole.
#pragma once

#include "brackets.hpp"
#include "session.hpp"

#include <optional>
#include <string>

namespace quern {

// Where an input is run.
struct Place {
  std::string lang;
  std::string ctx;
  friend bool operator==(const Place&, const Place&) = default;
};

class Adviser {
 public:
  explicit Adviser(Session& session) : session_(session) {}

  Verdict judge(const Place& place, const std::string& code);
  Result<CompleteReply> complete(const Place& place, const std::string& code, std::size_t cursor);
  Result<InspectReply> inspect(const Place& place, const std::string& code, std::size_t cursor);

 private:
  template <class Answer>
  Result<Answer> ask(Op op);

  Session& session_;
};

}  // namespace quern
