// SPDX-License-Identifier: Apache-2.0
// Why quern itself cannot go on: one sentence for the person, one exit code for the shell.
//
// Thrown from where it happens, caught in main only, so that on the way everything that quern holds
// (a private daemon, a terminal without echo) is put back by its destructors.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace quern {

inline constexpr int own_failure = 125;  // as of timeout, env and docker: not the program's word

struct Failure : std::runtime_error {
  explicit Failure(const std::string& sentence, int exit_code = own_failure)
      : std::runtime_error(sentence), code(exit_code) {}
  int code;
};

// The daemon is there and has said no, in its own words.
struct Refusal : Failure {
  Refusal(const std::string& sentence, std::string_view reason)
      : Failure(sentence), reason_code(reason) {}
  std::string reason_code;  // `unknown-run`, …
};

// The daemon that was talked to is not there any more. Whoever holds the Session may renew it.
struct DaemonLost : Failure {
  enum class Why { ended, anew, silent };  // a private one; another one answers; nobody does
  DaemonLost(Why reason, const std::string& sentence) : Failure(sentence), why(reason) {}
  Why why;
};

// Whoever read our stdout has gone: no sentence, nobody would be the wiser.
struct OutputClosed {};

}  // namespace quern
