// SPDX-License-Identifier: Apache-2.0
#include "history.hpp"

#include <algorithm>
#include <unordered_set>

namespace quern {

namespace {

bool may_be_kept(const std::string& entry) {
  return !entry.empty() && entry.front() != ' ' && entry.front() != '\t';
}

}  // namespace

// From the newest on, for of what was entered twice the last time counts.
History::History(const std::vector<std::string>& entries) {
  std::unordered_set<std::string_view> known;
  for (auto entry = entries.rbegin(); entry != entries.rend() && known.size() < most; ++entry)
    if (may_be_kept(*entry) && known.insert(*entry).second) entries_.push_back(*entry);
  std::reverse(entries_.begin(), entries_.end());
}

bool History::add(const std::string& entry) {
  if (!may_be_kept(entry)) return false;
  if (const auto same = std::find(entries_.begin(), entries_.end(), entry); same != entries_.end())
    entries_.erase(same);
  entries_.push_back(entry);
  if (entries_.size() > most) entries_.erase(entries_.begin());
  return true;
}

std::optional<std::size_t> History::older(std::size_t index, std::string_view prefix,
                                          std::string_view but) const {
  while (index-- > 0)
    if (entries_[index].starts_with(prefix) && entries_[index] != but) return index;
  return std::nullopt;
}

std::optional<std::size_t> History::newer(std::size_t index, std::string_view prefix,
                                          std::string_view but) const {
  while (++index < entries_.size())
    if (entries_[index].starts_with(prefix) && entries_[index] != but) return index;
  return std::nullopt;
}

std::optional<std::size_t> History::older_with(std::size_t index, std::string_view part) const {
  while (index-- > 0)
    if (entries_[index].find(part) != std::string::npos) return index;
  return std::nullopt;
}

}  // namespace quern
