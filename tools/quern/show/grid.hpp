// SPDX-License-Identifier: Apache-2.0
// A table of values as text that fits a window: numbers to the right, words to the left, headings
// apart. A value.
//
// Too wide: the widest columns are cut, and where that is not enough those in the middle left out.
#pragma once

#include "paint.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace quern {

class Grid {
 public:
  using Cells = std::vector<std::string>;

  void add(Cells row, bool heading);
  bool empty() const { return rows_.empty(); }
  std::string text(const Paint& paint, std::size_t columns) const;

 private:
  struct Row {
    Cells cells;
    bool heading = false;
  };
  std::vector<Row> rows_;
};

}  // namespace quern
