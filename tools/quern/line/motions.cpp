// SPDX-License-Identifier: Apache-2.0
#include "motions.hpp"

#include "graphemes.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr auto none = std::string_view::npos;

enum class Kind { blank, word, other };

Kind kind_at(std::string_view text, std::size_t at, bool big) {
  const char c = text[at];
  if (c == ' ' || c == '\t' || c == '\n') return Kind::blank;
  return big || is_word(text.substr(at)) ? Kind::word : Kind::other;
}

bool is_empty_line(std::string_view text, std::size_t at) {
  return text[at] == '\n' && (at == 0 || text[at - 1] == '\n');
}

std::size_t word_forward(std::string_view text, std::size_t at, bool big) {
  if (at >= text.size()) return text.size();
  const Kind kind = kind_at(text, at, big);
  if (kind != Kind::blank)
    while (at < text.size() && kind_at(text, at, big) == kind) at = next_grapheme(text, at);
  else
    at = next_grapheme(text, at);
  while (at < text.size() && kind_at(text, at, big) == Kind::blank && !is_empty_line(text, at))
    at = next_grapheme(text, at);
  return at;
}

std::size_t word_backward(std::string_view text, std::size_t at, bool big) {
  at = previous_grapheme(text, at);
  while (at > 0 && kind_at(text, at, big) == Kind::blank && !is_empty_line(text, at))
    at = previous_grapheme(text, at);
  if (at >= text.size() || kind_at(text, at, big) == Kind::blank) return at;
  const Kind kind = kind_at(text, at, big);
  while (at > 0 && kind_at(text, previous_grapheme(text, at), big) == kind)
    at = previous_grapheme(text, at);
  return at;
}

std::size_t word_last(std::string_view text, std::size_t at, bool big) {
  std::size_t next = next_grapheme(text, at);
  while (next < text.size() && kind_at(text, next, big) == Kind::blank)
    next = next_grapheme(text, next);
  if (next >= text.size()) return previous_grapheme(text, text.size());
  const Kind kind = kind_at(text, next, big);
  for (;;) {
    const std::size_t behind = next_grapheme(text, next);
    if (behind >= text.size() || kind_at(text, behind, big) != kind) return next;
    next = behind;
  }
}

std::optional<Motion> counterpart(std::string_view text, std::size_t at) {
  constexpr std::string_view brackets = "()[]{}";
  const std::size_t end = end_of_line(text, at);
  while (at < end && brackets.find(text[at]) == none) ++at;
  if (at >= end) return std::nullopt;
  const std::size_t which = brackets.find(text[at]);
  const bool forward = which % 2 == 0;
  const char other = brackets[which ^ 1];
  int depth = 0;
  for (std::size_t i = at;; forward ? ++i : --i) {
    if (text[i] == text[at]) ++depth;
    if (text[i] == other && --depth == 0) return Motion{i, true, false};
    if (forward ? i + 1 == text.size() : i == 0) return std::nullopt;
  }
}

std::size_t line_numbered(std::string_view text, int number) {
  std::size_t at = 0;
  while (--number > 0) {
    const std::size_t newline = text.find('\n', at);
    if (newline == none) break;
    at = newline + 1;
  }
  return at;
}

// The nearest pair around the place, which may be one of the two itself.
std::optional<Stretch> brackets_around(char open, char close, std::string_view text,
                                       std::size_t at) {
  int depth = 0;
  for (std::size_t i = at + 1; i-- > 0;) {
    if (text[i] == close && i != at) ++depth;
    if (text[i] != open || depth-- > 0) continue;
    const auto ends = counterpart(text, i);
    if (!ends) return std::nullopt;
    return Stretch{i, ends->to + 1};
  }
  return std::nullopt;
}

std::optional<Stretch> quotes_around(char quote, std::string_view text, std::size_t at) {
  const std::size_t end = end_of_line(text, at);
  for (std::size_t begin = text.find(quote, begin_of_line(text, at)); begin < end;) {
    std::size_t close = begin + 1;
    while (close < end && text[close] != quote) close += text[close] == '\\' ? 2U : 1U;
    if (close >= end) return std::nullopt;
    if (close >= at) return Stretch{begin, close + 1};
    begin = text.find(quote, close + 1);
  }
  return std::nullopt;
}

Stretch word_around(bool around, bool big, std::string_view text, std::size_t at) {
  const auto same = [&, line_end = end_of_line(text, at)](std::size_t i, Kind kind) {
    return i < line_end && kind_at(text, i, big) == kind;
  };
  const Kind kind = kind_at(text, at, big);
  const std::size_t line = begin_of_line(text, at);
  Stretch word{at, at};
  while (word.begin > line && same(previous_grapheme(text, word.begin), kind))
    word.begin = previous_grapheme(text, word.begin);
  while (same(word.end, kind)) word.end = next_grapheme(text, word.end);
  if (!around) return word;
  const std::size_t end = word.end;
  const Kind behind =
      kind == Kind::blank && end < end_of_line(text, at) ? kind_at(text, end, big) : Kind::blank;
  while (same(word.end, behind)) word.end = next_grapheme(text, word.end);
  if (word.end == end && kind != Kind::blank)
    while (word.begin > line && same(word.begin - 1, Kind::blank)) --word.begin;
  return word;
}

}  // namespace

std::size_t begin_of_line(std::string_view text, std::size_t at) {
  const std::size_t newline = at == 0 ? none : text.rfind('\n', at - 1);
  return newline == none ? 0 : newline + 1;
}

std::size_t end_of_line(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

std::size_t first_in_line(std::string_view text, std::size_t at) {
  std::size_t first = begin_of_line(text, at);
  while (first < text.size() && (text[first] == ' ' || text[first] == '\t')) ++first;
  return first;
}

std::size_t last_in_line(std::string_view text, std::size_t at) {
  const std::size_t end = end_of_line(text, at);
  return end == begin_of_line(text, at) ? end : previous_grapheme(text, end);
}

std::optional<Motion> move_by(char motion, std::string_view text, std::size_t at,
                              std::optional<int> count) {
  const bool big = motion == 'W' || motion == 'B' || motion == 'E';
  Motion to{at, motion == 'e' || motion == 'E' || motion == '$', false};
  if (motion == '0') to.to = begin_of_line(text, at);
  if (motion == '^') to.to = first_in_line(text, at);
  if (motion == '%') return counterpart(text, at);
  if (motion == 'G' || motion == 'g') {
    const int last = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
    to.to = first_in_line(text, line_numbered(text, count.value_or(motion == 'G' ? last : 1)));
    to.linewise = true;
    return to;
  }
  for (int i = count.value_or(1); i-- > 0;) {
    switch (motion) {
      case 'h': to.to = std::max(previous_grapheme(text, to.to), begin_of_line(text, at)); break;
      case 'l': to.to = std::min(next_grapheme(text, to.to), end_of_line(text, at)); break;
      case 'w':
      case 'W': to.to = word_forward(text, to.to, big); break;
      case 'b':
      case 'B': to.to = word_backward(text, to.to, big); break;
      case 'e':
      case 'E': to.to = word_last(text, to.to, big); break;
      case '$':
        to.to = last_in_line(text, to.to);
        if (i > 0 && end_of_line(text, to.to) < text.size()) to.to = end_of_line(text, to.to) + 1;
        break;
      default: break;
    }
  }
  return to;
}

std::optional<Motion> move_by(const Find& find, std::string_view text, std::size_t at, int count,
                              bool again) {
  const bool forward = find.kind == 'f' || find.kind == 't';
  const bool before = find.kind == 't' || find.kind == 'T';
  const std::size_t line = begin_of_line(text, at), end = end_of_line(text, at);
  // Till what one stands beside already means the next one when it is said again.
  if (again && before && count == 1)
    at = forward ? next_grapheme(text, at) : previous_grapheme(text, at);
  std::size_t found = at;
  while (count-- > 0) {
    found = forward        ? text.find(find.wanted, next_grapheme(text, found))
            : found > line ? text.rfind(find.wanted, found - 1)
                           : none;
    if (found == none || found < line || found >= end) return std::nullopt;
  }
  if (before) found = forward ? previous_grapheme(text, found) : next_grapheme(text, found);
  return Motion{found, forward, false};
}

std::optional<Stretch> object_at(bool around, char object, std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  if (object == 'w' || object == 'W') return word_around(around, object == 'W', text, at);
  std::optional<Stretch> whole;
  switch (object) {
    case '"':
    case '\'':
    case '`': whole = quotes_around(object, text, at); break;
    case '(':
    case ')':
    case 'b': whole = brackets_around('(', ')', text, at); break;
    case '[':
    case ']': whole = brackets_around('[', ']', text, at); break;
    case '{':
    case '}':
    case 'B': whole = brackets_around('{', '}', text, at); break;
    default: return std::nullopt;
  }
  if (whole && !around) whole = Stretch{whole->begin + 1, whole->end - 1};
  return whole;
}

}  // namespace quern
