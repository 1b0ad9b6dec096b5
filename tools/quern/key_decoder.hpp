// SPDX-License-Identifier: Apache-2.0
// What a terminal sends, as keys.
//
// Bytes may come in pieces: what is no whole key yet waits for the rest. Nothing goes by time, so
// Escape alone is no key: it belongs to what follows it. Between the marks of a bracketed paste all
// is one key, whose text is what was pasted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quern {

struct Key {
  enum class Code {
    character,
    paste,
    enter,
    tab,
    backspace,
    erase,
    up,
    down,
    right,
    left,
    home,
    end,
    unknown
  };
  Code code = Code::unknown;
  std::string text;  // of a character or paste; with ctrl a small letter
  bool ctrl = false;
  bool alt = false;
  friend bool operator==(const Key&, const Key&) = default;
};

class KeyDecoder {
 public:
  void feed(std::string_view bytes) { bytes_ += bytes; }
  std::optional<Key> next();

 private:
  std::optional<Key> decode(std::size_t& at) const;
  std::optional<Key> control_sequence(std::size_t& at) const;
  std::optional<Key> character(std::size_t& at) const;
  std::optional<Key> pasted();

  std::string bytes_;
  bool pasting_ = false;
};

}  // namespace quern
