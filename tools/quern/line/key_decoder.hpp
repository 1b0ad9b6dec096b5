// SPDX-License-Identifier: Apache-2.0
// What a terminal sends, as keys.
//
// Bytes may come in pieces: what is no whole key yet waits for the rest. Nothing here goes by time:
// Escape belongs to what follows it, unless whoever reads says that nothing does. Between the marks
// of a bracketed paste all is one key, whose text is what was pasted.
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
    back_tab,
    escape,
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

// Ctrl and this letter, nothing else.
inline bool is_control(const Key& key, char letter) {
  return key.code == Key::Code::character && key.ctrl && !key.alt && key.text.front() == letter;
}

class KeyDecoder {
 public:
  void feed(std::string_view bytes) { bytes_ += bytes; }
  std::optional<Key> next();
  bool has_lone_escape() const;
  Key take_lone_escape();  // then it was the key itself

 private:
  std::optional<Key> decode(std::size_t& at) const;
  std::optional<Key> control_sequence(std::size_t& at) const;
  std::optional<Key> answer(std::size_t& at) const;
  std::optional<Key> character(std::size_t& at) const;
  std::optional<Key> pasted();

  std::string bytes_;
  bool pasting_ = false;
  std::size_t searched_ = 0;  // so far the paste has been looked through for its end
};

}  // namespace quern
