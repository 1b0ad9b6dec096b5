// SPDX-License-Identifier: Apache-2.0
// What was entered before, oldest first, each thing once. A value.
//
// An entry that begins with a blank is not kept: that is how to keep something out of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class History {
 public:
  static constexpr std::size_t most = 10'000;  // entries: more than anybody searches

  History() = default;
  explicit History(const std::vector<std::string>& entries);

  bool add(const std::string& entry);  // was it kept?
  std::size_t size() const { return entries_.size(); }
  const std::string& at(std::size_t index) const { return entries_[index]; }

  // The nearest before or behind `index` that begins with `prefix` and is not `but`.
  std::optional<std::size_t> older(std::size_t index, std::string_view prefix,
                                   std::string_view but) const;
  std::optional<std::size_t> newer(std::size_t index, std::string_view prefix,
                                   std::string_view but) const;
  std::optional<std::size_t> older_with(std::size_t index, std::string_view part) const;

 private:
  std::vector<std::string> entries_;
};

}  // namespace quern
