// SPDX-License-Identifier: Apache-2.0
// Rows of text in aligned columns, under headings. A value; printed once.
//
// What a cell holds may come from anywhere, so nothing in it can command a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) { add(std::move(headings)); }
  void align_right(std::initializer_list<std::size_t> columns) { right_ = columns; }
  void add(std::vector<std::string> row);

  std::string text() const;  // as wide as it must be

  // How to make do with less: the first column may shrink to `first` before others are left out,
  // in this order, and to nearly nothing after.
  struct Thrift {
    std::size_t first = 0;
    std::vector<std::size_t> leave_out;
  };
  std::string text(std::size_t columns, const Thrift& thrift) const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> right_;
};

// `12.3 MiB`, `1 h 5 min`: for eyes.
std::string readable_size(std::uint64_t bytes);
std::string readable_duration(std::int64_t ms);

}  // namespace quern
