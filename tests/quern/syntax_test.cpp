// SPDX-License-Identifier: Apache-2.0
#include "syntax.hpp"
#include "asking.hpp"
#include "indentation.hpp"
#include "palette.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

const Syntax python{"#", "", "", {R"(""")", "'''", "\"", "'"}, {}, {}, "", {"def", "for", "in"}};
const Syntax bash{"#", "", "", {"\"", "'"}, {"\"", "'"}, {"'"}, "", {"do", "done", "for", "then"}};
const Syntax cpp{"//", "/*", "*/", {"\"", "'"}, {}, {}, "", {"int", "return"}};
const Syntax lua{"--", "--[[", "]]", {"[[", "\"", "'"}, {}, {}, "", {"do", "end", "local", "then"}};
const Syntax ruby{"#", "=begin", "=end", {"\"", "'"}, {}, {}, "?!", {"def", "defined?", "end"}};
const Syntax octave{"%", "%{", "%}", {"\"", "'"}, {}, {"'"}, "", {"end"}};

// The code with each part in marks: <keyword>, "string", {comment}, [number].
std::string marked(const Syntax& syntax, const std::string& code) {
  constexpr const char* marks[][2] = {{"<", ">"}, {"«", "»"}, {"{", "}"}, {"[", "]"}};
  std::string text;
  std::size_t at = 0;
  for (const Span& span : lex(syntax, code)) {
    text += code.substr(at, span.begin - at);
    const auto& mark = marks[static_cast<int>(span.token)];
    text += mark[0] + code.substr(span.begin, span.end - span.begin) + mark[1];
    at = span.end;
  }
  return text + code.substr(at);
}

}  // namespace

TEST_CASE("words, numbers, strings and comments stand out, by each language's own forms") {
  struct Row {
    const Syntax& syntax;
    std::string code, expected;
  };
  const std::vector<Row> rows = {
      {python, "for i in x1: # all", "<for> i <in> x1: {# all}"},
      {python, "'a # b' + \"c\\\"d\"", "«'a # b'» + «\"c\\\"d\"»"},
      {python, "\"\"\"a\n'b\"\"\" in", "«\"\"\"a\n'b\"\"\"» <in>"},
      {python, "x = 'open\nfor", "x = «'open»\n<for>"},
      {python, "1.5e-3 0x1F 1_000 x.for 3.real", "[1.5e-3] [0x1F] [1_000] x.for [3].real"},
      {python, "informal define", "informal define"},
      {bash, "for f in $#; do echo ${#x} 'a\\' # b",
       "<for> f in $#; <do> echo ${#x} «'a\\'» {# b}"},
      {bash, "echo \"a\nb\" done", "echo «\"a\nb\"» <done>"},
      {cpp, "int x = 1'000; /* a\nb */ return '\\'';",
       "<int> x = [1'000]; {/* a\nb */} <return> «'\\''»;"},
      {cpp, "// int", "{// int}"},
      {lua, "local s = [[a\\]] --[[ b\n]] end -- c",
       "<local> s = «[[a\\]]» {--[[ b\n]]} <end> {-- c}"},
      {lua, "for1 = 1 .. 2", "for1 = [1] .. [2]"},
      {ruby, "=begin\ndef\n=end\nx.end defined?(y) =begin",
       "{=begin\ndef\n=end}\nx.end <defined?>(y) =begin"},
      {octave, "x = a'; % b", "x = a'; {% b}"},
      {octave, "f('b\\') % c", "f(«'b\\'») {% c}"},
      {python, "größe = 1", "größe = [1]"},
      {python, "", ""},
      {python, "\"\"\"never ended", "«\"\"\"never ended»"},
  };
  for (const Row& row : rows) CHECK(marked(row.syntax, row.code) == row.expected);
}

TEST_CASE("no bytes whatever trouble the lexer") {
  for (int first = 0; first < 256; ++first)
    for (const Syntax* syntax : {&python, &bash, &cpp, &lua, &ruby, &octave})
      for (const char* rest : {"", "\"", "'\\", "[[", "/*"})
        for (const Span& span : lex(*syntax, static_cast<char>(first) + std::string(rest)))
          CHECK(span.begin < span.end);
}

TEST_CASE("brackets in strings and comments are none, and each has its counterpart") {
  const std::string code = "f(\"(\", [1]) # )";
  const auto brackets = brackets_of(code, lex(python, code));
  CHECK(brackets == std::vector<std::size_t>{1, 7, 9, 10});
  CHECK(bracket_pair(code, brackets, 1) == std::pair<std::size_t, std::size_t>(1, 10));
  CHECK(bracket_pair(code, brackets, 8) == std::pair<std::size_t, std::size_t>(7, 9));
  CHECK(bracket_pair(code, brackets, 11) == std::pair<std::size_t, std::size_t>(1, 10));
  CHECK(bracket_pair(code, brackets, 4) == std::nullopt);
  CHECK(bracket_pair("(]", {0, 1}, 0) == std::nullopt);
  CHECK(bracket_pair(")(", {0, 1}, 0) == std::nullopt);
}

TEST_CASE("without colours nothing is painted") {
  CHECK(paint_code(Palette{}, python, "for i in (1, 2)", 15).empty());
  CHECK(paint_command(Palette{}, ":help").empty());
}

TEST_CASE("paints are in order, and none within another") {
  const auto paints = paint_code(Palette::coloured(), python, "for i in f('a', 12)", 19);
  for (std::size_t i = 1; i < paints.size(); ++i) CHECK(paints[i - 1].end <= paints[i].begin);
  CHECK(paints.size() == 6);
}

TEST_CASE("a line is as far in as the one before, and a step more behind what opens") {
  CHECK(indent_behind(python, "  x = 1") == "  ");
  CHECK(indent_behind(python, "for i in x:") == "    ");
  CHECK(indent_behind(python, "for i in x: # why") == "    ");
  CHECK(indent_behind(python, "  print(1, [") == "      ");
  CHECK(indent_behind(python, "x = 'a('") == "");
  CHECK(indent_behind(python, "x = 'a:") == "");
  CHECK(indent_behind(bash, "for f in a; do") == "    ");
  CHECK(indent_behind(bash, "echo do it") == "");
  CHECK(indent_behind(lua, "if x then") == "    ");
  CHECK(indent_behind(cpp, "int f() {\n    if (x) {") == "        ");
  CHECK(indent_behind(python, "for i in x:\n    ") == "    ");
  CHECK(indent_behind(python, "") == "");
}

TEST_CASE("a closing bracket is as far in as the line of its counterpart") {
  CHECK(indent_of_closer(cpp, "int f() {\n    ") == "");
  CHECK(indent_of_closer(cpp, "  f(a, {\n    b}, // )\n        ") == "  ");
  CHECK(indent_of_closer(cpp, "f();\n    ") == std::nullopt);
  CHECK(indent_of_closer(cpp, "f(\n  x") == std::nullopt);
}

TEST_CASE("a word that ends a block stands a step less in, once") {
  CHECK(indent_of_ending(bash, "for i in 1; do\n    x\n    done") == "");
  CHECK(indent_of_ending(bash, "for i in 1; do\n    done") == "");
  CHECK(indent_of_ending(bash, "for i in 1; do\n    x\ndone") == std::nullopt);
  CHECK(indent_of_ending(bash, "for i in 1; do\n    x\n    echo done") == std::nullopt);
  CHECK(indent_of_ending(bash, "    done") == std::nullopt);
  CHECK(indent_of_ending(lua, "f(function()\n    if x then\n        y\n        end") == "    ");
  CHECK(indent_of_ending(lua, "if x then\n    endless") == std::nullopt);
}

TEST_CASE("a question mark before or behind a name asks about it") {
  CHECK(asked_of("len?", python) == Asked{"len", false});
  CHECK(asked_of(" ?os.path.join ", python) == Asked{"os.path.join", false});
  CHECK(asked_of("std::vector??", cpp) == Asked{"std::vector", true});
  CHECK(asked_of("??x", cpp) == Asked{"x", true});
  CHECK(asked_of("?x?", cpp) == Asked{"x", true});
  for (const char* code : {"x", "?", "??", "a ? b : c", "f()?", "x???", "1 + y?", ""})
    CHECK(asked_of(code, python) == std::nullopt);
  CHECK(asked_of("x.nil?", ruby) == std::nullopt);
  CHECK(asked_of("?puts", ruby) == Asked{"puts", false});
}
