// SPDX-License-Identifier: Apache-2.0
#include "oom_kills.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace quern {
namespace {

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

OomKills::OomKills(const std::optional<GroupPath>& group) : group_(group) {
  if (!group_) return;
  const auto file = group_->path / (group_->v2 ? "memory.events" : "memory.oom_control");
  events_ = UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
}

std::uint64_t OomKills::count() const {
  char text[512];
  const ssize_t size = events_ ? ::pread(events_.get(), text, sizeof text, 0) : 0;
  if (size <= 0) return 0;
  // A line each; another one begins with oom_kill_disable.
  const std::string_view lines(text, static_cast<std::size_t>(size));
  constexpr std::string_view key = "oom_kill ";
  for (std::size_t at = lines.find(key); at != std::string_view::npos; at = lines.find(key, at + 1))
    if (at == 0 || lines[at - 1] == '\n')
      return to_number(lines.substr(at + key.size())).value_or(0);
  return 0;
}

std::optional<std::uint64_t> OomKills::limit() const {
  // v1 says "no bound" by the largest number of whole pages.
  constexpr std::uint64_t unbounded = std::uint64_t{1} << 62;
  if (!group_) return std::nullopt;
  std::ifstream file(group_->path / (group_->v2 ? "memory.max" : "memory.limit_in_bytes"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto limit = to_number(text);
  return limit && *limit < unbounded ? limit : std::nullopt;
}

}  // namespace quern
