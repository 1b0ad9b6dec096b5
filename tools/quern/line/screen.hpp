// SPDX-License-Identifier: Apache-2.0
// The rows of a terminal that an editor draws on, from where the cursor stood at first.
//
// Keeps what it last showed and gives the bytes that turn it into the next picture, by no more than
// the controls of an ECMA-48 terminal: images have no terminfo to look others up in. Of a picture
// higher than the window the rows around the cursor are shown.
// Never: writes by itself.
#pragma once

#include "picture.hpp"

#include <string>

namespace quern {

struct WindowSize {
  int rows = 24;
  int columns = 80;
};

class Screen {
 public:
  explicit Screen(WindowSize size) : size_(size) {}

  std::string show(const Picture& picture);
  std::string clear();  // nothing is shown any more, the cursor is where it was at first
  std::string leave(const Picture& picture);  // all of it stays; the cursor goes to the line behind
  std::string wipe() {
    forget();
    return "\x1b[H\x1b[2J";
  }  // the whole window
  void resized(WindowSize size);

 private:
  std::string to_row(std::size_t row);
  std::string draw(const Layout& layout, std::size_t from);
  std::string place_cursor(const Layout& layout);
  void forget();

  WindowSize size_;
  std::vector<Row> shown_;
  bool stale_ = false;   // what stands on the rows is not known
  std::size_t row_ = 0;  // where the cursor is, counted from our first row
  int column_ = 0;
  std::size_t top_ = 0;  // the first row of a picture that is too high
};

}  // namespace quern
