// SPDX-License-Identifier: Apache-2.0
// Where a prompt's inputs come from: a person who edits them, or the lines of a file.
//
// A reader waits together with the session, which stays alive however long somebody thinks, and
// hands on what comes meanwhile.
#pragma once

#include "adviser.hpp"
#include "local_words.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace quern {

class InputReader {
 public:
  enum class Got { input, end, interrupted, ended_by_signal };

  virtual ~InputReader() = default;
  InputReader(const InputReader&) = delete;
  InputReader& operator=(const InputReader&) = delete;

  virtual Got read(const Place& place, std::string& input) = 0;
  virtual bool is_terminal() const = 0;
  virtual void type_ahead(std::string_view) {}  // keys that came before they were asked for
  int signal() const { return signal_; }        // that ended us
  // By name, for this and later times; where there are no keys to choose, nothing is chosen.
  virtual void choose_keys(const std::string&) {}

  LocalWords words;  // that complete a command for the prompt

  // What comes meanwhile is handed on where it is news.
  std::function<bool(const Message&)> is_news;
  std::function<void(const Message&)> on_message;
  std::function<void()> on_new_connection;
  // Where it is set, reading goes on without a daemon.
  std::function<void(const DaemonLost&)> on_lost;

 protected:
  InputReader() = default;
  int signal_ = 0;
};

inline std::string prompt_of(const Place& place) {
  const std::string number = place.number > 0 ? "[" + std::to_string(place.number) + "]" : "";
  return place.lang + (place.ctx == "main" ? "" : ":" + place.ctx) + number + "> ";
}
inline std::string prompt_for_more(const Place& place) {
  return std::string(prompt_of(place).size() - 2, '.') + "  ";
}

// A word for the prompt itself, such as :help. A colon alone may be the language's.
inline bool is_command(const std::string& input) {
  return input.size() > 1 && input[0] == ':' && input[1] >= 'a' && input[1] <= 'z';
}

}  // namespace quern
