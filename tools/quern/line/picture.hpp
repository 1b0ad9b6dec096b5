// SPDX-License-Identifier: Apache-2.0
// What an editor wants seen, and the rows of a terminal that show it. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quern {

// A stretch of a text and how to begin it, as the terminal wants to be told; takes no column.
struct Tint {
  std::size_t begin;
  std::size_t end;
  std::string style;
  friend bool operator==(const Tint&, const Tint&) = default;
};

struct PaintedLine {
  std::string text;
  std::vector<Tint> paints = {};
  friend bool operator==(const PaintedLine&, const PaintedLine&) = default;
};

struct Picture {
  std::string prompt;  // before the first line
  std::string more;    // before every other
  std::string style;   // how to begin a prompt
  std::string behind;  // what the terminal is told behind the first prompt; takes no column
  std::string text;
  std::vector<Tint> paints;        // of the text, in order, none within another
  std::size_t cursor = 0;          // a byte of the text
  std::vector<PaintedLine> below;  // rows of their own, cut where the window ends
};

struct Row {
  std::string bytes;
  int columns = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

struct Layout {
  std::vector<Row> rows;
  std::size_t cursor_row = 0;
  int cursor_column = 0;
};

// Long lines go on in the next row; a cursor behind a full row stands at the beginning of the next.
Layout lay_out(const Picture& picture, int columns);

}  // namespace quern
