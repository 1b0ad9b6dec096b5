// SPDX-License-Identifier: Apache-2.0
#include "brackets.hpp"

#include "indentation.hpp"

#include <cstddef>

namespace quern {
namespace {

constexpr const char* blanks = " \t";

int open_brackets(const std::string& code) {
  int open = 0;
  char quote = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote || c == '\n')
        quote = 0;  // a quote left open ends with its line
      continue;
    }
    if (c == '"' || c == '\'')
      quote = c;
    else if (c == '(' || c == '[' || c == '{')
      ++open;
    else if (c == ')' || c == ']' || c == '}')
      --open;
  }
  return open;
}

char last_of(const std::string& line) {
  const std::size_t last = line.find_last_not_of(blanks);
  return last == std::string::npos ? '\0' : line[last];
}

}  // namespace

Verdict judge_by_brackets(const std::string& code) {
  const std::size_t newline = code.rfind('\n');
  const std::string line = newline == std::string::npos ? code : code.substr(newline + 1);
  const char last = last_of(line);
  if (newline != std::string::npos && last == '\0') return {};
  const bool in_block =
      newline != std::string::npos && last_of(code.substr(0, code.find('\n'))) == ':';
  const bool opens = last == ':' || last == '(' || last == '[' || last == '{';
  if (open_brackets(code) <= 0 && last != ':' && last != '\\' && !in_block) return {};
  std::string indent = line.substr(0, line.find_first_not_of(blanks));
  if (opens) indent += std::string(indent_step, ' ');
  return {false, indent};
}

}  // namespace quern
