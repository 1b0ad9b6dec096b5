// SPDX-License-Identifier: Apache-2.0
#include "typed.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using Wish = LineEditor::Wish;

namespace {

const std::string esc = "\x1B";

// The text behind these keys, begun in normal mode at the mark.
std::string after(std::string text, const std::string& keys) {
  Typed t({}, KeySet::vi);
  const std::size_t mark = text.find('|');
  text.erase(mark, 1);
  t.editor().begin(text);
  t.type(esc);
  t.type("gg0");
  for (std::size_t at = 0; at < mark;) {  // there by moves alone
    if (text[at] == '\n') {
      t.type("j0");
      ++at;
    } else {
      const std::size_t before = t.editor().buffer().cursor();
      t.type("l");
      at = t.editor().buffer().cursor() == before ? at + 1 : t.editor().buffer().cursor();
    }
  }
  return t.seen(keys);
}

}  // namespace

TEST_CASE("vi's motions lead where they do in vi") {
  struct Row {
    std::string text, keys, expected;
  };
  const std::vector<Row> rows = {
      {"|one two", "l", "o|ne two"},  {"on|e", "l", "on|e"},
      {"|one", "h", "|one"},          {"|one two three", "2w", "one two |three"},
      {"|a.b(c)", "w", "a|.b(c)"},    {"|a.b c", "W", "a.b |c"},
      {"|one two", "e", "on|e two"},  {"on|e two", "e", "one tw|o"},
      {"one tw|o", "b", "one |two"},  {"one.x tw|o", "2B", "|one.x two"},
      {"  on|e", "0", "|  one"},      {"  on|e", "^", "  |one"},
      {"|one", "$", "on|e"},          {"|a\nb\nc", "G", "a\nb\n|c"},
      {"a\nb\n|c", "gg", "|a\nb\nc"}, {"|a\nb\nc", "2G", "a\n|b\nc"},
      {"|ab\ncd", "j", "ab\n|cd"},    {"ab\nc|d", "k", "a|b\ncd"},
      {"|a(b, c)", "fc", "a(b, |c)"}, {"|a,b,c", "f,;", "a,b|,c"},
      {"|a,b,c", "2f,,", "a|,b,c"},   {"|a,b,c", "t,", "|a,b,c"},
      {"|a,b,c", "t,;", "a,|b,c"},    {"a,b,|c", "F,", "a,b|,c"},
      {"a,b,|c", "T,", "a,b,|c"},     {"|ab", "fx", "|ab"},
      {"|f(a[1])", "%", "f(a[1]|)"},  {"f(a[1]|)", "%", "f|(a[1])"},
      {"|größe x", "w", "größe |x"},  {"one\n\n|two", "b", "one\n|\ntwo"},
  };
  for (const Row& row : rows) {
    INFO(row.text << " " << row.keys);
    CHECK(after(row.text, row.keys) == row.expected);
  }
}

TEST_CASE("operators take what a motion goes over, with counts on either side") {
  struct Row {
    std::string text, keys, expected;
  };
  const std::vector<Row> rows = {
      {"|one two", "dw", "|two"},
      {"one |two\n  x", "dw", "one| \n  x"},
      {"|a b c d e", "2d2w", "|e"},
      {"|a b c d e", "d3w", "|d e"},
      {"one |two", "db", "|two"},
      {"|one two", "de", "| two"},
      {"on|e two", "d$", "o|n"},
      {"on|e two", "D", "o|n"},
      {"on|e two", "d0", "|e two"},
      {"|f(a, b) + c", "d%", "| + c"},
      {"|f(a, b) + c", "df)", "| + c"},
      {"|f(a, b)", "dt)", "|)"},
      {"a\n|b\nc", "dd", "a\n|c"},
      {"a\n|b", "dd", "|a"},
      {"|a\nb\nc\nd", "2dd", "|c\nd"},
      {"|a\nb\nc\nd", "dj", "|c\nd"},
      {"a\nb\n|c", "dk", "|a"},
      {"a\n|b\nc", "dG", "|a"},
      {"|a", "dd", "|"},
      {"|abc", "x", "|bc"},
      {"ab|c", "x", "a|b"},
      {"|abcd", "3x", "|d"},
      {"ab|c", "X", "a|c"},
      {"|abc", "9x", "|"},
      {"|one two", "cwx" + esc, "|x two"},
      {"on|e two", "cwx" + esc, "on|x two"},
      {"|one two", "ccx" + esc, "|x"},
      {"    o|ne", "Sx" + esc, "    |x"},
      {"on|e two", "Cx" + esc, "on|x"},
      {"|abc", "sx" + esc, "|xbc"},
      {"f(a, |b)", "ci(x" + esc, "f(|x)"},
      {"f(a, |b)", "da(", "|f"},
      {"x = \"a |b\"", "ci\"y" + esc, "x = \"|y\""},
      {"x = [1, |2]", "di[", "x = [|]"},
      {"one t|wo three", "diw", "one | three"},
      {"one t|wo three", "daw", "one |three"},
      {"one t|wo", "daw", "on|e"},
      {"|abc", "dx", "|abc"},
      {"|one two", "dfz", "|one two"},
      {"|one two", "d" + esc + "x", "|ne two"},
  };
  for (const Row& row : rows) {
    INFO(row.text << " " << row.keys);
    CHECK(after(row.text, row.keys) == row.expected);
  }
}

TEST_CASE("what was cut or copied is put in again, lines as lines") {
  struct Row {
    std::string text, keys, expected;
  };
  const std::vector<Row> rows = {
      {"|ab", "xp", "b|a"},
      {"|ab", "ylp", "a|ab"},
      {"a|b", "ylP", "a|bb"},
      {"|ab", "yl3p", "aaa|ab"},
      {"|a\nb", "yyp", "a\n|a\nb"},
      {"|a\nb", "ddp", "b\n|a"},
      {"a\n|b", "ddP", "|b\na"},
      {"|a\nb", "yjGp", "a\nb\n|a\nb"},
      {"|one two", "yw$p", "one twoone| "},
      {"|one", "Yp", "one\n|one"},
      {"|ab", "p", "|ab"},
  };
  for (const Row& row : rows) {
    INFO(row.text << " " << row.keys);
    CHECK(after(row.text, row.keys) == row.expected);
  }
}

TEST_CASE("changes of a character, and lines that open and join") {
  CHECK(after("|abc", "rx") == "|xbc");
  CHECK(after("|abc", "2rx") == "x|xc");
  CHECK(after("ab|c", "2rx") == "ab|c");
  CHECK(after("|abC", "3~") == "AB|c");
  CHECK(after("|a\n   b", "J") == "a| b");
  CHECK(after("  |a", "ob" + esc) == "  a\n  |b");
  CHECK(after("  |a", "Ob" + esc) == "  |b\n  a");
  CHECK(after("|abc", "ax" + esc) == "a|xbc");
  CHECK(after("|abc", "Ax" + esc) == "abc|x");
  CHECK(after("  ab|c", "Ix" + esc) == "  |xabc");
  CHECK(after("|abc", "ix" + esc) == "|xabc");
}

TEST_CASE("an insertion is undone as one, and redone") {
  CHECK(after("|abc", "ione two " + esc + "u") == "|abc");
  CHECK(after("|abc", "xxu") == "|bc");
  CHECK(after("|abc", "xxuu") == "|abc");
  CHECK(after("|abc", "xxuu\x12") == "|bc");
  CHECK(after("|one two", "cwx y" + esc + "u") == "|one two");
}

TEST_CASE("the last change is repeated, with what was typed, and with counts") {
  CHECK(after("|a b c", "dw.") == "|c");
  CHECK(after("|a b c d", "x2.") == "| c d");
  CHECK(after("|one two", "cwx" + esc + "w.") == "x |x");
  CHECK(after("|abc",
              "ry"
              "l.") == "y|yc");
  CHECK(after("|a", "ob" + esc + ".") == "a\nb\n|b");
  CHECK(after("|a b c", "cwx" + esc + "w.u") == "x |b c");
  CHECK(after("|a b c", "dw..") == "|");
  CHECK(after("|abc", ".") == "|abc");
}

TEST_CASE("the modes are told, and an input begins in insert mode") {
  Typed t({"older"}, KeySet::vi);
  CHECK(t.editor().mode() == LineEditor::Mode::insert);
  CHECK(t.seen("ab" + esc) == "a|b");
  CHECK(t.editor().mode() == LineEditor::Mode::normal);
  CHECK(t.type("\r") == Wish::enter);
  CHECK(t.seen("") == "ab|");
  t.type(esc);
  CHECK(t.type("v") == Wish::edit_outside);
  CHECK(t.type("\x03") == Wish::interrupt);
  CHECK(t.type("a\t") == Wish::complete);
  t.editor().begin();
  CHECK(t.editor().mode() == LineEditor::Mode::insert);
  t.type(esc);
  CHECK(t.type("\x04") == Wish::leave);
  CHECK(t.seen(":help") == ":help|");
}

TEST_CASE("Escape and a key that come together are both, and no Alt") {
  Typed t({}, KeySet::vi);
  CHECK(t.seen("abc\x1Bx") == "a|b");
  CHECK(t.seen("i\x1B\r") == "a\n|b");
}

TEST_CASE("j and k go through the history, and / searches it") {
  Typed t({"print(1)", "other", "print(2)"}, KeySet::vi);
  CHECK(t.text(esc + "k") == "print(2)");
  CHECK(t.text("k") == "other");
  CHECK(t.text("j") == "print(2)");
  CHECK(t.text("/oth\x1B") == "print(2)");
  CHECK(t.text("/prin") == "print(2)");
  CHECK(t.text("\x12") == "print(1)");
  CHECK(t.type("\r") == Wish::enter);
  t.editor().begin();
  CHECK(t.text(esc + "n") == "print(2)");
}

TEST_CASE("no keys whatever leave the cursor outside or between the bytes of a character") {
  const std::string letters = "hlwbeWBE0$^%GgdcyxXDCSYpP~JuroOaAiI;,fFtT.23k j\x1B\x12ü(\"";
  unsigned seed = 1;
  Typed t({"old(ü)"}, KeySet::vi);
  for (int i = 0; i < 20'000; ++i) {
    seed = seed * 1664525U + 1013904223U;
    t.type(letters.substr((seed >> 16) % letters.size(), 1));
    const TextBuffer& buffer = t.editor().buffer();
    REQUIRE(buffer.cursor() <= buffer.text().size());
    if (buffer.cursor() < buffer.text().size())
      REQUIRE((static_cast<unsigned char>(buffer.text()[buffer.cursor()]) & 0xC0) != 0x80);
    if (buffer.text().size() > 2'000) t.editor().begin("a ü\n b(c)");
  }
}

TEST_CASE("what is repeated where its command finds nothing types nothing either") {
  CHECK(after("f(|a) b", "ci(x" + esc + "$.") == "f(x) |b");
}
