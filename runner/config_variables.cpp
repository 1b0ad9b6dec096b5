// SPDX-License-Identifier: Apache-2.0
#include "config_variables.hpp"

#include "nearest.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace quern {

namespace {

std::vector<Word> words_at_commas(std::string_view text, const std::string& place) {
  std::vector<Word> words;
  for (;;) {
    const std::size_t comma = text.find(',');
    if (comma != 0 && !text.empty()) words.push_back({std::string(text.substr(0, comma)), place});
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

ConfigSource read_variables() {
  ConfigSource source;
  for (const Option& option : options()) {
    const std::string name = option.variable();
    const char* value = std::getenv(name.c_str());
    if (!value || !*value) continue;
    source.given[&option] =
        option.several() ? words_at_commas(value, name) : std::vector<Word>{{value, name}};
  }
  return source;
}

std::vector<std::string> doubtful_variables(char** environment) {
  std::vector<std::string> known{config_variable};
  for (const Option& option : options()) known.push_back(option.variable());
  std::vector<std::string> warnings;
  for (char** entry = environment; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    constexpr std::string_view prefix = "QUERND_";
    if (!name.starts_with(prefix) || std::find(known.begin(), known.end(), name) != known.end())
      continue;
    std::vector<std::string_view> ends;
    for (const std::string& variable : known)
      ends.push_back(std::string_view(variable).substr(prefix.size()));
    const std::string_view near = nearest(name.substr(prefix.size()), ends);
    if (!near.empty()) {
      warnings.push_back("the variable " + std::string(name) + " is not read; did you mean " +
                         std::string(prefix) + std::string(near) + "?");
    }
  }
  return warnings;
}

}  // namespace quern
