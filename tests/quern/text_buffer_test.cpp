// SPDX-License-Identifier: Apache-2.0
#include "text_buffer.hpp"
#include "brackets.hpp"
#include "completion_list.hpp"
#include "graphemes.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

// A text with | where the cursor is.
TextBuffer at(const std::string& marked) {
  const std::size_t mark = marked.find('|');
  TextBuffer buffer;
  buffer.set(marked.substr(0, mark));
  buffer.insert(marked.substr(mark + 1));
  while (buffer.cursor() > mark) buffer.left();
  return buffer;
}
std::string shown(const TextBuffer& buffer) {
  return std::string(buffer.before()) + "|" + std::string(buffer.after());
}

template <class Do>
std::string after(const std::string& marked, Do&& change) {
  TextBuffer buffer = at(marked);
  change(buffer);
  return shown(buffer);
}

}  // namespace

TEST_CASE("the cursor moves by what the eye takes for a character") {
  const auto left = [](TextBuffer& b) { b.left(); };
  const auto right = [](TextBuffer& b) { b.right(); };
  CHECK(after("aü|", left) == "a|ü");
  CHECK(after("e\xCC\x81|", left) == "|e\xCC\x81");  // a combining accent
  CHECK(after("|👩‍👩‍👧x", right) == "👩‍👩‍👧|x");
  CHECK(after("|a", left) == "|a");
  CHECK(after("a|", right) == "a|");
  CHECK(after("a\n|b", left) == "a|\nb");
}

TEST_CASE("words end where letters, digits and underscores do") {
  const auto left = [](TextBuffer& b) { b.word_left(); };
  const auto right = [](TextBuffer& b) { b.word_right(); };
  CHECK(after("foo.bar_1(|", left) == "foo.|bar_1(");
  CHECK(after("  |", left) == "|  ");
  CHECK(after("|(größe + 1", right) == "(größe| + 1");
  CHECK(after("x|  ", right) == "x  |");
}

TEST_CASE("a kill gives what it took") {
  TextBuffer buffer = at("one two-three| four\nfive");
  CHECK(buffer.kill_word_left() == "three");
  CHECK(buffer.kill_blank_left() == "two-");
  CHECK(buffer.kill_to_line_end() == " four");
  CHECK(buffer.kill_to_line_end() == "\n");
  CHECK(shown(buffer) == "one |five");
  CHECK(buffer.kill_word_right() == "five");
  CHECK(buffer.kill_to_line_begin() == "one ");
  CHECK(buffer.text().empty());
}

TEST_CASE("up and down keep to the column, as near as the line allows") {
  const auto up = [](TextBuffer& b) { b.up(); };
  const auto down = [](TextBuffer& b) { b.down(); };
  CHECK(after("abcdef\nxy|", up) == "ab|cdef\nxy");
  CHECK(after("abcd|ef\nxy", down) == "abcdef\nxy|");
  CHECK(after("你好\nab|", up) == "你|好\nab");
  CHECK(after("a|b", up) == "a|b");
}

TEST_CASE("two characters are swapped where the cursor is between or behind them") {
  const auto swap = [](TextBuffer& b) { b.swap_with_left(); };
  CHECK(after("ab|", swap) == "ba|");
  CHECK(after("a|bc", swap) == "ba|c");
  CHECK(after("x\n|ab", swap) == "x\na|b");
}

TEST_CASE("columns are counted as terminals do") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("ü") == 1);
  CHECK(columns_of("e\xCC\x81") == 1);
  CHECK(columns_of("你好") == 4);
  CHECK(columns_of("😀") == 2);
  CHECK(columns_of("\x01") == 2);
  CHECK(columns_of("\xFF") == 1);
}

TEST_CASE("brackets and colons tell whether an input is whole") {
  CHECK(judge_by_brackets("x = 1") == Verdict{true, ""});
  CHECK(judge_by_brackets("f(1,") == Verdict{false, ""});
  CHECK(judge_by_brackets("f({") == Verdict{false, "    "});
  CHECK(judge_by_brackets("f(')')") == Verdict{true, ""});
  CHECK(judge_by_brackets("print(\"(\")") == Verdict{true, ""});
  CHECK(judge_by_brackets("for i in x:") == Verdict{false, "    "});
  CHECK(judge_by_brackets("for i in x:\n    i") == Verdict{false, "    "});
  CHECK(judge_by_brackets("for i in x:\n    i\n    ") == Verdict{true, ""});
  CHECK(judge_by_brackets("y = [1,\n2]") == Verdict{true, ""});
  CHECK(judge_by_brackets("a \\") == Verdict{false, ""});
}

TEST_CASE("completions share what they begin with, to the last whole character") {
  CHECK(common_beginning({"print", "printer", "prin"}) == "prin");
  CHECK(common_beginning({"größe", "grüße"}) == "gr");
  CHECK(common_beginning({"one"}) == "one");
  CHECK(common_beginning({}).empty());
}
