// SPDX-License-Identifier: Apache-2.0
#include "glob.hpp"

#include <algorithm>
#include <cstddef>

namespace quern {
namespace {

// One name against one piece of a pattern. A later star replaces the one before as the place to
// come back to, so the time is bounded by the product of the lengths.
bool name_matches(std::string_view pattern, std::string_view name) {
  if (name.empty()) return pattern.empty();  // what stands behind a folder's slash
  if (name.front() == '.' && !pattern.starts_with('.')) return false;
  std::size_t p = 0, n = 0, star = std::string_view::npos, resumed = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resumed = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resumed;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string_view> pieces(std::string_view path) {
  std::vector<std::string_view> all;
  for (;;) {
    const std::size_t slash = path.find('/');
    all.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return all;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

// The same walk as within a name, with `**` in the place of the star and names in that of letters.
bool glob_matches(std::string_view pattern, std::string_view path) {
  const std::vector<std::string_view> wanted = pieces(pattern);
  const std::vector<std::string_view> names = pieces(path);
  std::size_t w = 0, n = 0, star = std::string_view::npos, resumed = 0;
  while (n < names.size()) {
    if (w < wanted.size() && wanted[w] == "**") {
      star = w++;
      resumed = n;
    } else if (w < wanted.size() && name_matches(wanted[w], names[n])) {
      ++w;
      ++n;
    } else if (star != std::string_view::npos && !names[resumed].empty() &&
               names[resumed].front() != '.') {
      w = star + 1;
      n = ++resumed;
    } else {
      return false;
    }
  }
  return w == wanted.size();
}

std::vector<std::string> glob(std::string_view pattern, const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths)
    if (glob_matches(pattern, path)) found.push_back(path);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace quern
