// SPDX-License-Identifier: Apache-2.0
#include "syntax.hpp"

#include "graphemes.hpp"

#include <algorithm>
#include <cctype>

namespace quern {
namespace {

constexpr auto none = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) { return is_word(std::string_view(&c, 1)); }
bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

class Lexer {
 public:
  Lexer(const Syntax& syntax, std::string_view code) : syntax_(syntax), code_(code) {}

  std::vector<Span> lex() {
    while (at_ < code_.size()) {
      if (take_comment() || take_string() || take_number() || take_word()) continue;
      ++at_;
    }
    return std::move(spans_);
  }

 private:
  bool stands(std::string_view what) const {
    return !what.empty() && code_.substr(at_).starts_with(what);
  }
  char before() const { return at_ == 0 ? '\n' : code_[at_ - 1]; }
  void take(std::size_t end, Token token) {
    spans_.push_back({at_, end, token});
    at_ = end;
  }
  std::size_t end_of_line() const { return std::min(code_.find('\n', at_), code_.size()); }

  bool take_comment() {
    if (stands(syntax_.block_begins) && may_begin_block()) {
      const std::string& ends = syntax_.block_ends;
      const std::size_t end = code_.find(ends, at_ + syntax_.block_begins.size());
      take(end == none ? code_.size() : end + ends.size(), Token::comment);
      return true;
    }
    if (!stands(syntax_.comment) || is_part_of_a_name()) return false;
    take(end_of_line(), Token::comment);
    return true;
  }
  // =begin is one at the beginning of a line only.
  bool may_begin_block() const {
    const bool has_letter = std::any_of(syntax_.block_begins.begin(), syntax_.block_begins.end(),
                                        [](unsigned char c) { return std::isalpha(c) != 0; });
    return !has_letter || before() == '\n';
  }
  // $# and ${#x} are no comments in shells, nor is $#x in Perl.
  bool is_part_of_a_name() const {
    return before() == '$' || (before() == '{' && at_ > 1 && code_[at_ - 2] == '$');
  }

  bool take_string() {
    for (const std::string& quote : syntax_.strings) {
      if (!stands(quote)) continue;
      const auto end = end_of_string(quote);
      if (!end) return false;
      take(*end, Token::text);
      return true;
    }
    return false;
  }
  // None: it is no quote. A single one behind a word that nothing ends in its line is a prime.
  std::optional<std::size_t> end_of_string(const std::string& quote) const {
    const std::string ends = quote == "[[" ? "]]" : quote;
    const bool goes_on = quote.size() > 1 || quote == "`" || contains(syntax_.multiline, quote);
    const bool escapes = quote != "[[" && !contains(syntax_.raw, quote);
    for (std::size_t i = at_ + quote.size(); i < code_.size(); ++i) {
      if (escapes && code_[i] == '\\') {
        ++i;
      } else if (code_.substr(i).starts_with(ends)) {
        return i + ends.size();
      } else if (code_[i] == '\n' && !goes_on) {
        if (is_prime(quote)) return std::nullopt;
        return i;
      }
    }
    if (!goes_on && is_prime(quote)) return std::nullopt;
    return code_.size();
  }
  bool is_prime(const std::string& quote) const {
    return quote == "'" && (is_word_byte(before()) || before() == ')' || before() == ']');
  }

  bool take_number() {
    if (!is_digit(code_[at_]) || is_word_byte(before())) return false;
    std::size_t end = at_ + 1;
    while (end < code_.size() && goes_on_as_number(end)) ++end;
    take(end, Token::number);
    return true;
  }
  bool goes_on_as_number(std::size_t at) const {
    const char c = code_[at];
    const char next = at + 1 < code_.size() ? code_[at + 1] : '\0';
    if (is_word_byte(c) && static_cast<unsigned char>(c) < 0x80) return true;
    if (c == '.') return is_digit(next);
    if (c == '\'') return std::isalnum(static_cast<unsigned char>(next)) != 0;  // 1'000 in C++
    const bool is_hex = at_ + 1 < code_.size() && (code_[at_ + 1] == 'x' || code_[at_ + 1] == 'X');
    const char exponent = code_[at - 1];
    return (c == '+' || c == '-') && is_digit(next) && !is_hex &&
           (exponent == 'e' || exponent == 'E');
  }

  bool take_word() {
    if (!is_word_byte(code_[at_])) return false;
    std::size_t end = at_;
    while (end < code_.size() && is_word_byte(code_[end])) ++end;
    if (end < code_.size() && syntax_.word_end.find(code_[end]) != std::string::npos) ++end;
    const std::string_view word = code_.substr(at_, end - at_);
    if (!is_member() &&
        std::binary_search(syntax_.keywords.begin(), syntax_.keywords.end(), word, std::less<>()))
      take(end, Token::keyword);
    else
      at_ = end;
    return true;
  }
  // What stands behind a dot, or is marked as a variable, is a name, whatever its letters.
  bool is_member() const {
    const bool range = at_ > 1 && code_[at_ - 1] == '.' && code_[at_ - 2] == '.';
    return before() == '$' || before() == '@' || (before() == '.' && !range);
  }

  const Syntax& syntax_;
  std::string_view code_;
  std::size_t at_ = 0;
  std::vector<Span> spans_;
};

constexpr std::string_view openers = "([{";
constexpr std::string_view closers = ")]}";

}  // namespace

std::vector<Span> lex(const Syntax& syntax, std::string_view code) {
  return Lexer(syntax, code).lex();
}

std::vector<std::size_t> brackets_of(std::string_view code, const std::vector<Span>& spans) {
  std::vector<std::size_t> brackets;
  auto span = spans.begin();
  for (std::size_t i = 0; i < code.size(); ++i) {
    while (span != spans.end() && span->end <= i) ++span;
    if (span != spans.end() && span->begin <= i) {
      i = span->end - 1;
      continue;
    }
    if (openers.find(code[i]) != none || closers.find(code[i]) != none) brackets.push_back(i);
  }
  return brackets;
}

std::optional<std::pair<std::size_t, std::size_t>> bracket_pair(
    std::string_view code, const std::vector<std::size_t>& brackets, std::size_t cursor) {
  auto here = std::find(brackets.begin(), brackets.end(), cursor);
  if (here == brackets.end() && cursor > 0)
    here = std::find(brackets.begin(), brackets.end(), cursor - 1);
  if (here == brackets.end()) return std::nullopt;
  std::vector<std::size_t> open;  // that are, where we look
  for (const std::size_t at : brackets) {
    if (openers.find(code[at]) != none) {
      open.push_back(at);
      continue;
    }
    if (open.empty()) continue;
    const std::size_t begin = open.back();
    open.pop_back();
    if (begin != *here && at != *here) continue;
    if (openers.find(code[begin]) != closers.find(code[at])) return std::nullopt;
    return std::pair(begin, at);
  }
  return std::nullopt;
}

}  // namespace quern
