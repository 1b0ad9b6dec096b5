// SPDX-License-Identifier: Apache-2.0
#include "indentation.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace quern {
namespace {

constexpr auto none = std::string_view::npos;
constexpr const char* blanks = " \t";
// The words that open something in the languages that have them as keywords.
constexpr std::array<std::string_view, 7> opening_words{"begin",  "do",   "else", "of",
                                                        "repeat", "then", "where"};

// The words that end a block, or one part of it.
constexpr std::array<std::string_view, 12> ending_words{"done",   "elif", "else",    "elseif",
                                                        "elsif",  "end",  "ensure",  "esac",
                                                        "except", "fi",   "finally", "rescue"};

bool is_keyword(const Syntax& syntax, std::string_view word) {
  return std::binary_search(syntax.keywords.begin(), syntax.keywords.end(), word, std::less<>());
}

// `until` ends what `repeat` began, where there is a `repeat`; `endif` and its like end one each.
bool ends_block(const Syntax& syntax, std::string_view word) {
  if (!is_keyword(syntax, word)) return false;
  return word.starts_with("end") || (word == "until" && is_keyword(syntax, "repeat")) ||
         std::find(ending_words.begin(), ending_words.end(), word) != ending_words.end();
}

std::string_view last_line(std::string_view text) {
  const std::size_t newline = text.rfind('\n');
  return newline == none ? text : text.substr(newline + 1);
}

std::string_view line_with(std::string_view text, std::size_t at) {
  return last_line(text.substr(0, at));
}

std::string indent_of(std::string_view line) {
  return std::string(line.substr(0, std::min(line.find_first_not_of(blanks), line.size())));
}

// What the last line says without its comment.
std::string_view without_comment(std::string_view text, const std::vector<Span>& spans) {
  if (!spans.empty() && spans.back().end == text.size() && spans.back().token == Token::comment)
    text = text.substr(0, spans.back().begin);
  const std::size_t last = text.find_last_not_of(blanks);
  return last == none ? std::string_view() : text.substr(0, last + 1);
}

bool opens(std::string_view line, const std::vector<Span>& spans, std::size_t end) {
  if (line.empty()) return false;
  if (std::string_view("([{:").find(line.back()) != none)
    return spans.empty() || spans.back().end < end || spans.back().token != Token::text;
  if (spans.empty() || spans.back().end != end || spans.back().token != Token::keyword)
    return false;
  const std::string_view word = line.substr(line.size() - (end - spans.back().begin));
  return std::find(opening_words.begin(), opening_words.end(), word) != opening_words.end();
}

}  // namespace

std::string indent_behind(const Syntax& syntax, std::string_view before) {
  std::vector<Span> spans = lex(syntax, before);
  const std::string indent = indent_of(last_line(before));
  const std::string_view code = without_comment(before, spans);
  while (!spans.empty() && spans.back().begin >= code.size()) spans.pop_back();
  if (code.size() <= before.size() - last_line(before).size()) return indent;  // an empty line
  if (!opens(last_line(code), spans, code.size())) return indent;
  return indent + std::string(indent_step, ' ');
}

std::optional<std::string> indent_of_closer(const Syntax& syntax, std::string_view before) {
  if (last_line(before).find_first_not_of(blanks) != none) return std::nullopt;
  std::vector<std::size_t> open;
  for (const std::size_t at : brackets_of(before, lex(syntax, before))) {
    if (std::string_view("([{").find(before[at]) != none)
      open.push_back(at);
    else if (!open.empty())
      open.pop_back();
  }
  if (open.empty()) return std::nullopt;
  return indent_of(line_with(before, open.back()));
}

std::optional<std::string> indent_of_ending(const Syntax& syntax, std::string_view before) {
  const std::string_view line = last_line(before);
  std::string indent = indent_of(line);
  if (line.size() == before.size() || indent.size() < indent_step) return std::nullopt;
  const std::string_view above = before.substr(0, before.size() - line.size() - 1);
  if (indent != indent_behind(syntax, above)) return std::nullopt;
  const std::vector<Span> spans = lex(syntax, line);
  if (spans.empty() || spans.front().begin != indent.size() ||
      spans.front().token != Token::keyword)
    return std::nullopt;
  const std::string_view word = line.substr(indent.size(), spans.front().end - indent.size());
  if (!ends_block(syntax, word)) return std::nullopt;
  indent.resize(indent.size() - indent_step);
  return indent;
}

std::size_t blanks_to_erase(std::string_view before) {
  const std::string_view line = last_line(before);
  if (line.empty() || line.find_first_not_of(' ') != none) return 0;
  return (line.size() - 1) % indent_step + 1;
}

}  // namespace quern
