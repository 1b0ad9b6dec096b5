// SPDX-License-Identifier: Apache-2.0
//
// The context: one interpreter, in which snippets run one after the other.
#pragma once

#include "channel.hpp"
#include "octave.hpp"
#include "snippet.hpp"

namespace quern {

class Session {
 public:
  Session();

  // A copy of a template has its own folder, signals and random numbers.
  void settle(const std::string& folder);
  void speak(Channel& channel);  // from now on, there
  const char* version() const;

  void run(const Request& request);
  octave::interpreter& octave() { return *octave_; }

  void send(const Frame& frame);  // behind all that was printed
  void flush();
  void close();  // runs the exit hooks

  // For the functions of the worker's that Octave calls without an object.
  static Session& current();
  bool may_ask() const { return may_ask_; }
  octave_value_list arguments() const;
  std::string* shown() {
    return shown_;
  }  // where the display of the last statement goes, while that is wanted

 private:
  struct Ending {
    std::string status;
    std::optional<int> exit;
  };
  Ending execute(const Request& request);
  void evaluate(const Snippet& snippet, bool silent);
  void fail(const octave::execution_exception& failure, const Snippet& snippet);
  void fail(const ParseError& failure);
  void interrupted();
  std::string place(int line);
  void drop_input();

  Channel* channel_ = nullptr;
  std::unique_ptr<octave::interpreter> octave_ = std::make_unique<octave::interpreter>();
  std::vector<std::string> arguments_;
  std::map<std::string, int> functions_;  // where those of all snippets begin
  std::string* shown_ = nullptr;
  bool may_ask_ = true;
  int number_ = 0;
};

}  // namespace quern
