// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <clang/Lex/Lexer.h>

#include <algorithm>

namespace quern {
namespace {

namespace tok = clang::tok;

struct Piece {
  tok::TokenKind kind;
  std::size_t begin, end;
  std::size_t depth;  // of brackets around it
  bool directive;     // part of a line of the preprocessor's
  bool starts_line;
};

tok::TokenKind opener(tok::TokenKind closer) {
  switch (closer) {
    case tok::r_brace: return tok::l_brace;
    case tok::r_paren: return tok::l_paren;
    case tok::r_square: return tok::l_square;
    default: return tok::unknown;
  }
}

bool opens(tok::TokenKind kind) {
  return kind == tok::l_brace || kind == tok::l_paren || kind == tok::l_square;
}

// Comments are among them. The text must outlive nothing: only offsets are kept.
std::vector<Piece> pieces_of(const std::string& text, const clang::LangOptions& options) {
  std::vector<Piece> pieces;
  clang::Lexer lexer(clang::SourceLocation(), options, text.data(), text.data(),
                     text.data() + text.size());
  lexer.SetCommentRetentionState(true);
  std::size_t depth = 0;
  bool directive = false;
  for (bool at_end = false; !at_end;) {
    clang::Token token;
    at_end = lexer.LexFromRawLexer(token);
    if (token.is(tok::eof)) {
      break;
    }
    auto end = static_cast<std::size_t>(lexer.getBufferLocation() - text.data());
    if (token.isAtStartOfLine()) {
      directive = token.is(tok::hash);
    }
    if (!directive && opener(token.getKind()) != tok::unknown && depth > 0) {
      --depth;
    }
    pieces.push_back(
        {token.getKind(), end - token.getLength(), end, depth, directive, token.isAtStartOfLine()});
    if (!directive && opens(token.getKind())) {
      ++depth;
    }
  }
  return pieces;
}

// A raw string that never ends comes as one unknown token up to the end; an open plain string ends
// with its line, and no further text would close it. A comment that never ends comes as no token at
// all.
bool is_cut(const std::string& text, const std::vector<Piece>& pieces) {
  std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last != std::string::npos && text[last] == '\\') {
    return true;
  }
  std::size_t seen = pieces.empty() ? 0 : pieces.back().end;
  if (!pieces.empty() && pieces.back().kind == tok::unknown &&
      text.find("R\"", pieces.back().begin) < pieces.back().begin + 3) {
    return true;
  }
  std::size_t rest = text.find_first_not_of(" \t\r\n", seen);
  return rest != std::string::npos && text.compare(rest, 2, "/*") == 0 &&
         text.find("*/", rest + 2) == std::string::npos;
}

int condition(std::string_view word) {
  if (word == "if" || word == "ifdef" || word == "ifndef") {
    return 1;
  }
  return word == "endif" ? -1 : 0;
}

// So that what follows stands at the line and column where it stood.
std::string placed(const std::string& text, std::size_t at) {
  auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  return "\n#line " + std::to_string(line) + " \"snippet\"\n" + std::string(at - start, ' ');
}

// Only white space instead, with its lines.
void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    text[i] = text[i] == '\n' ? '\n' : ' ';
  }
}

std::string_view word_of(const std::string& text, const Piece& piece) {
  return std::string_view(text).substr(piece.begin, piece.end - piece.begin);
}

// The name that a declarator, which ends before this piece, declares: x, *x, x[3], (*x)(int).
std::string declared_name(const std::string& text, const std::vector<Piece>& pieces,
                          std::size_t before) {
  for (std::size_t i = before; i-- > 0;) {
    const Piece& piece = pieces[i];
    if (piece.kind == tok::raw_identifier) {
      return std::string(word_of(text, piece));
    }
    if (piece.kind != tok::r_square && piece.kind != tok::r_paren) {
      return "";
    }
    std::size_t open = i;
    while (open > 0 &&
           !(pieces[open].kind == opener(piece.kind) && pieces[open].depth == piece.depth)) {
      --open;
    }
    bool inner = piece.kind == tok::r_paren && open + 1 < i && pieces[open + 1].kind == tok::star;
    if (inner) {
      return declared_name(text, pieces, i);
    }
    i = open;
  }
  return "";
}

}  // namespace

std::string Shape::missing() const {
  if (cut) {
    return "unexpected end of the snippet";
  }
  if (open.empty()) {
    return "unterminated conditional directive";
  }
  return open.back() == tok::l_brace   ? "expected '}'"
         : open.back() == tok::l_paren ? "expected ')'"
                                       : "expected ']'";
}

Shape shape_of(std::string_view code, const clang::LangOptions& options) {
  std::string text(code);
  std::vector<Piece> pieces = pieces_of(text, options);
  Shape shape;
  shape.cut = is_cut(text, pieces);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.directive) {
      if (i > 0 && pieces[i - 1].kind == tok::hash && pieces[i - 1].starts_line) {
        shape.conditions += condition(word_of(text, piece));
      }
    } else if (opens(piece.kind)) {
      shape.open.push_back(piece.kind);
    } else if (tok::TokenKind wanted = opener(piece.kind); wanted != tok::unknown) {
      if (shape.open.empty() || shape.open.back() != wanted) {
        shape.crossed = true;
        return shape;
      }
      shape.open.pop_back();
    }
  }
  return shape;
}

std::string with_signs_led(std::string_view code, const clang::LangOptions& options) {
  std::string text(code);
  std::vector<std::size_t> places;
  bool fresh = true;
  for (const Piece& piece : pieces_of(text, options)) {
    if (piece.directive || piece.kind == tok::comment) {
      continue;
    }
    if (fresh && piece.depth == 0 && (piece.kind == tok::plus || piece.kind == tok::minus)) {
      places.push_back(piece.begin);
    }
    fresh = piece.depth == 0 && (piece.kind == tok::semi || piece.kind == tok::r_brace);
  }
  for (auto at = places.rbegin(); at != places.rend(); ++at) {
    text.insert(*at, "(void)0," + placed(text, *at));
  }
  return text;
}

std::optional<std::string> with_initializer_moved(std::string_view code, std::size_t offset,
                                                  const clang::LangOptions& options) {
  std::string text(code);
  std::vector<Piece> pieces = pieces_of(text, options);
  std::erase_if(pieces,
                [](const Piece& piece) { return piece.directive || piece.kind == tok::comment; });
  std::size_t equal = pieces.size(), stop = 0, semicolon = 0;
  for (std::size_t i = 0; i < pieces.size() && pieces[i].begin <= offset; ++i) {
    if (pieces[i].depth == 0 && pieces[i].kind == tok::equal) {
      equal = i;
    } else if (pieces[i].depth == 0 &&
               (pieces[i].kind == tok::semi || pieces[i].kind == tok::comma)) {
      equal = pieces.size();
    }
  }
  for (std::size_t i = equal; i < pieces.size() && semicolon == 0; ++i) {
    if (pieces[i].depth == 0 && (pieces[i].kind == tok::semi || pieces[i].kind == tok::comma)) {
      stop = stop ? stop : i;
      semicolon = pieces[i].kind == tok::semi ? i : 0;
    }
  }
  std::string name = equal < pieces.size() ? declared_name(text, pieces, equal) : "";
  if (semicolon == 0 || stop == equal + 1 || name.empty()) {
    return std::nullopt;
  }
  std::size_t begin = pieces[equal + 1].begin, end = pieces[stop].begin,
              behind = pieces[semicolon].end;
  std::string moved = " { __typeof__(" + name + ") __quern_initial =" + placed(text, begin) +
                      text.substr(begin, end - begin) + "; __builtin_memcpy((void *)&" + name +
                      ", &__quern_initial, sizeof __quern_initial); }" + placed(text, behind);
  blank(text, pieces[equal].begin, end);
  text.insert(behind, moved);
  return text;
}

}  // namespace quern
