// SPDX-License-Identifier: Apache-2.0
// How a language looks, as its adapter says, and the parts of code that stand out by it.
//
// One lexer for all languages: it knows words, numbers, comments and strings, and no grammar. What
// is begun and not ended reaches to the end. Pure, linear in the code's length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern {

struct Syntax {
  std::string comment;  // begins one that its line ends; empty: there is none
  std::string block_begins;
  std::string block_ends;
  std::vector<std::string> strings = {"\"", "'"};  // quotes, the longest first
  std::vector<std::string> multiline;  // of one character, and go on behind a line's end
  std::vector<std::string> raw;        // a backslash in them is one
  std::string word_end;                // what a word may end with besides letters
  std::vector<std::string> keywords;   // sorted
  friend bool operator==(const Syntax&, const Syntax&) = default;
};

enum class Token { keyword, text, comment, number };

struct Span {
  std::size_t begin;
  std::size_t end;
  Token token;
  friend bool operator==(const Span&, const Span&) = default;
};

std::vector<Span> lex(const Syntax& syntax, std::string_view code);

// The brackets of code that stand in no string or comment, in order.
std::vector<std::size_t> brackets_of(std::string_view code, const std::vector<Span>& spans);

// The bracket under the cursor, or else before it, and its counterpart; none where it has none.
std::optional<std::pair<std::size_t, std::size_t>> bracket_pair(
    std::string_view code, const std::vector<std::size_t>& brackets, std::size_t cursor);

}  // namespace quern
