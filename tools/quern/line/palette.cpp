// SPDX-License-Identifier: Apache-2.0
#include "palette.hpp"

#include <algorithm>

namespace quern {
namespace {

const std::string& style_of(const Palette& palette, Token token) {
  switch (token) {
    case Token::keyword: return palette.keyword;
    case Token::text: return palette.text;
    case Token::comment: return palette.comment;
    case Token::number: break;
  }
  return palette.number;
}

bool is_at_bracket(std::string_view code, std::size_t cursor) {
  constexpr std::string_view brackets = "()[]{}";
  const auto is_one = [&](std::size_t at) {
    return at < code.size() && brackets.find(code[at]) != std::string_view::npos;
  };
  return is_one(cursor) || (cursor > 0 && is_one(cursor - 1));
}

}  // namespace

Palette Palette::coloured() {
  Palette palette;
  palette.prompt = "\x1b[1;36m";
  palette.keyword = "\x1b[35m";
  palette.text = "\x1b[32m";
  palette.comment = "\x1b[2m";
  palette.number = "\x1b[36m";
  palette.command = "\x1b[1m";
  palette.bracket = "\x1b[1;4m";
  palette.aside = "\x1b[2m";
  return palette;
}

std::vector<Tint> paint_code(const Palette& palette, const Syntax& syntax, std::string_view code,
                             std::size_t cursor) {
  std::vector<Tint> paints;
  const std::vector<Span> spans = lex(syntax, code);
  for (const Span& span : spans)
    if (const std::string& style = style_of(palette, span.token); !style.empty())
      paints.push_back({span.begin, span.end, style});
  if (palette.bracket.empty() || !is_at_bracket(code, cursor)) return paints;
  if (const auto pair = bracket_pair(code, brackets_of(code, spans), cursor)) {
    paints.push_back({pair->first, pair->first + 1, palette.bracket});
    paints.push_back({pair->second, pair->second + 1, palette.bracket});
    std::sort(paints.begin(), paints.end(),
              [](const Tint& a, const Tint& b) { return a.begin < b.begin; });
  }
  return paints;
}

std::vector<Tint> paint_command(const Palette& palette, std::string_view line) {
  if (palette.command.empty()) return {};
  return {{0, std::min(line.find(' '), line.size()), palette.command}};
}

}  // namespace quern
