// SPDX-License-Identifier: Apache-2.0
// What stands before the cursor: the text behind the last line's end in all that a program wrote.
//
// Of a line without end its last part is kept. Never: knows which stream it was, nor what terminals
// make of what is no text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

class LastLine {
 public:
  static constexpr std::size_t most = 4096;  // a question that is longer is none

  void add(std::string_view bytes);
  void clear() { text_.clear(); }  // a person's answer ends the line, too
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace quern
