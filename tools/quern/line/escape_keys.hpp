// SPDX-License-Identifier: Apache-2.0
// The keys by which a person leaves a terminal whose every key belongs to the program: a key of
// one's own, then d. That key twice is the key itself. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quern {

class EscapeKeys {
 public:
  explicit EscapeKeys(std::optional<char> key) : key_(key) {}

  struct Typed {
    std::string bytes;    // for the program
    bool detach = false;  // then nothing behind counts
  };
  Typed take(std::string_view keys);

 private:
  std::optional<char> key_;
  bool pressed_ = false;  // and what follows is not known yet
};

// `^\`, `^]`, a letter; `none`. Throws Failure with a sentence.
std::optional<char> escape_key_of(const std::string& text);

}  // namespace quern
