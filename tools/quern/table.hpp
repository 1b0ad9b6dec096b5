// SPDX-License-Identifier: Apache-2.0
// Rows of text in aligned columns, under headings. A value; printed once.
#pragma once

#include <string>
#include <vector>

namespace quern {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// `12.3 MiB`, `1 h 5 min`: for eyes.
std::string readable_size(std::uint64_t bytes);
std::string readable_duration(std::int64_t ms);

}  // namespace quern
