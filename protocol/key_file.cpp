// SPDX-License-Identifier: Apache-2.0
#include "key_file.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace quern {
namespace {

constexpr std::string_view z85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr std::size_t key_size = 40;
constexpr std::size_t group_size = 5;  // of which each stands for four bytes
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

Error wrong(std::size_t line, const std::string& what) {
  return {ErrorCode::bad_request, "line " + std::to_string(line) + " " + what};
}

}  // namespace

bool is_key(std::string_view text) {
  if (text.size() != key_size) return false;
  for (; !text.empty(); text.remove_prefix(group_size)) {
    std::uint64_t value = 0;
    for (const char c : text.substr(0, group_size)) {
      const std::size_t digit = z85.find(c);
      if (digit == std::string_view::npos) return false;
      value = value * z85.size() + digit;
    }
    if (value > std::numeric_limits<std::uint32_t>::max()) return false;
  }
  return true;
}

Result<std::vector<NamedKey>> parse_public_keys(std::string_view text) {
  std::vector<NamedKey> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::string_view key = line.substr(0, line.find_first_of(blanks));
    if (!is_key(key)) return wrong(number, "does not begin with a key, 40 characters of Z85");
    keys.push_back({std::string(key), std::string(trimmed(line.substr(key.size())))});
  }
  return keys;
}

Result<std::string> parse_secret_key(std::string_view text) {
  Result<std::vector<NamedKey>> keys = parse_public_keys(text);
  if (!keys) return keys.error();
  if (keys->size() != 1)
    return Error{ErrorCode::bad_request,
                 "it holds " + std::to_string(keys->size()) + " keys, not one secret key"};
  if (!keys->front().name.empty())
    return Error{ErrorCode::bad_request,
                 "its key has a name behind it, as public ones have; a secret key stands alone"};
  return std::move(keys->front().key);
}

}  // namespace quern
