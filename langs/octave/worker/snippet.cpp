// SPDX-License-Identifier: Apache-2.0
#include "snippet.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

namespace quern {
namespace {

// What the parser says of an unfinished block comment is for a terminal.
class Hush {
 public:
  Hush() : kept_(std::cerr.rdbuf(said_.rdbuf())) {}
  ~Hush() { std::cerr.rdbuf(kept_); }
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;

 private:
  std::ostringstream said_;
  std::streambuf* kept_;
};

std::string line_of(const std::string& code, int number) {
  std::istringstream lines(code);
  std::string line;
  for (int i = 0; i < number && std::getline(lines, line); ++i) {
  }
  return line;
}

// Octave counts the lines of a function from its own first one, and goes on so behind it. Gives
// that line, from 1.
int function_line(const std::string& code, int from) {
  std::istringstream lines(code);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const size_t begin = line.find_first_not_of(" \t");
    if (number >= from && begin != std::string::npos && line.compare(begin, 8, "function") == 0)
      return number;
  }
  return from;
}

// Octave's text is "parse error:", what is wrong, and all that was read; of which only the line is
// wanted.
ParseError told(const std::string& text, const std::string& code, const octave::filepos& place,
                bool at_end) {
  std::istringstream lines(text);
  std::string message, line;
  while (std::getline(lines, line)) {
    const size_t begin = line.find_first_not_of(' ');
    if (begin == std::string::npos || line.rfind("parse error", 0) == 0) continue;
    message = line.substr(begin);
    break;
  }
  if (message.empty() || message.rfind(">>>", 0) == 0) message = "syntax error";
  const int last =
      static_cast<int>(std::count(code.begin(), code.end(), '\n')) + (code.ends_with('\n') ? 0 : 1);
  const int number = std::max(1, std::min(static_cast<int>(place.line()), last));
  const size_t column = static_cast<size_t>(std::max(1, static_cast<int>(place.column()) - 1));
  return {message,
          number,
          {"parse error near line " + std::to_string(number) + ":", "", "  " + message, "",
           ">>> " + line_of(code, number), std::string(3 + column, ' ') + "^"},
          at_end};
}

}  // namespace

Snippet parse(octave::interpreter& octave, const std::string& code) {
  const Hush hush;
  auto* lexer = new octave::lexer(code + "\n", octave);  // the parser deletes it
  octave::parser parser(lexer);
  Snippet snippet;
  int block_comments = 0;
  octave::filepos place(1, 1);
  do {
    parser.reset();
    lexer->m_filepos = place;
    int status;
    try {
      status = parser.run();
    } catch (const octave::execution_exception& failure) {
      const ParseError error =
          told(failure.message(), code, lexer->m_filepos, lexer->m_input_buf.at_eof());
      octave.recover_from_exception();
      throw error;
    }
    if (status != 0) throw told("", code, lexer->m_filepos, lexer->m_input_buf.at_eof());
    block_comments = lexer->m_block_comment_nesting_level;
    const int first = static_cast<int>(place.line());
    place = lexer->m_filepos;
    const auto list = parser.statement_list();
    if (!list) continue;
    snippet.lists.push_back(list);
    for (octave::tree_statement* statement : *list) {
      if (!statement) continue;
      snippet.statements.push_back(statement);
      auto* definition = dynamic_cast<octave::tree_function_def*>(statement->command());
      if (!definition) continue;
      const int begins = function_line(code, first);
      snippet.functions[definition->function().function_value()->name()] = begins;
      place = octave::filepos(begins + static_cast<int>(lexer->m_filepos.line()) - 1, 1);
    }
  } while (!parser.at_end_of_input());
  if (block_comments > 0)
    throw told("block comment unterminated at end of input", code, lexer->m_filepos, true);
  return snippet;
}

}  // namespace quern
