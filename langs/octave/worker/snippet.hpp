// SPDX-License-Identifier: Apache-2.0
//
// A snippet's text as Octave's statements. All of it is parsed before any of it runs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "octave.hpp"

namespace quern {

struct Snippet {
  std::vector<std::shared_ptr<octave::tree_statement_list>> lists;  // own the statements
  std::vector<octave::tree_statement*> statements;
  std::map<std::string, int>
      functions;  // those that it defines, by name, and the lines on which they begin
};

struct ParseError {
  std::string message;  // "syntax error", …
  int line;
  std::vector<std::string> traceback;
  bool at_end;  // more text might make it sound
};

// Throws a ParseError.
Snippet parse(octave::interpreter& octave, const std::string& code);

}  // namespace quern
