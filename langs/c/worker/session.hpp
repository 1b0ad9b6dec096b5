// SPDX-License-Identifier: Apache-2.0
//
// One context: answers requests, one after the other, until there are no more.
//
// Owned by main, together with what it borrows. Each request gets its frames and then exactly one
// `done`; before each frame the streams of the snippet are flushed.
#pragma once

#include "channel.hpp"

#include <string>

namespace quern {

class Compiler;
class Guard;
struct Complaint;
struct Ending;

class Session {
 public:
  Session(Channel& channel, Compiler& compiler, Guard& guard)
      : channel_(channel), compiler_(compiler), guard_(guard) {}

  // Returns at the end of requests.
  void serve();

 private:
  void answer(const Frame& request);
  void run(const Frame& request);
  void complete(const Frame& request);
  void inspect(const Frame& request);
  void check(const Frame& request);

  void run_sound(const std::string& code, const Frame& request);
  void tell_complaint(const Complaint& complaint);
  void tell_ending(const Ending& ending, bool called_main, int status);
  void tell_error(const char* kind, const std::string& name, const std::string& message,
                  const std::string& text, unsigned line = 0, unsigned column = 0);
  void done(const std::string& status, int exit = -1);
  void send(const Frame& frame);
  void leave_if_forked(const Ending& ending, int status);

  Channel& channel_;
  Compiler& compiler_;
  Guard& guard_;
};

std::string title(const Compiler& compiler);
std::string version(const Compiler& compiler);

}  // namespace quern
