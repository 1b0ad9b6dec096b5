// SPDX-License-Identifier: Apache-2.0
// Where a prompt's inputs come from: a person who edits them, or the lines of a file.
//
// A reader waits together with the session, which stays alive however long somebody thinks, and
// hands on what comes meanwhile.
#pragma once

#include "adviser.hpp"

#include <functional>
#include <string>

namespace quern {

class InputReader {
 public:
  enum class Got { input, end, interrupted, ended_by_signal };

  virtual ~InputReader() = default;
  InputReader(const InputReader&) = delete;
  InputReader& operator=(const InputReader&) = delete;

  virtual Got read(const Place& place, std::string& input) = 0;
  virtual bool is_terminal() const = 0;
  int signal() const { return signal_; }  // that ended us

  std::function<void(const Message&)> on_message;

 protected:
  InputReader() = default;
  int signal_ = 0;
};

inline std::string prompt_of(const Place& place) {
  return place.lang + (place.ctx == "main" ? "" : ":" + place.ctx) + "> ";
}
inline std::string prompt_for_more(const Place& place) {
  return std::string(prompt_of(place).size() - 2, '.') + "  ";
}

// A word for the prompt itself, such as :help. A colon alone may be the language's.
inline bool is_command(const std::string& input) {
  return input.size() > 1 && input[0] == ':' && input[1] >= 'a' && input[1] <= 'z';
}

}  // namespace quern
