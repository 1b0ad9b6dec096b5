// SPDX-License-Identifier: Apache-2.0
#include "typed.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using Wish = LineEditor::Wish;

namespace {

const std::string up = "\x1B[A", down = "\x1B[B", left = "\x1B[D", alt_enter = "\x1B\r";
const std::string ctrl_a = "\x01", ctrl_e = "\x05", ctrl_g = "\x07", ctrl_k = "\x0B",
                  ctrl_r = "\x12", ctrl_u = "\x15", ctrl_w = "\x17", ctrl_y = "\x19",
                  ctrl_underscore = "\x1F", alt_underscore = "\x1B_";

}  // namespace

TEST_CASE("what is typed stands where the cursor is") {
  Typed t;
  CHECK(t.text("ac" + left + "b") == "abc");
  CHECK(t.text(ctrl_a + "-" + ctrl_e + "+") == "-abc+");
}

TEST_CASE("kills in a row come back as one") {
  Typed t;
  CHECK(t.text("one two three" + ctrl_w + ctrl_w) == "one ");
  CHECK(t.text(ctrl_y) == "one two three");
  CHECK(t.text(ctrl_a + ctrl_k + ctrl_y + ctrl_y) == "one two threeone two three");
  CHECK(t.text(ctrl_u + "x" + ctrl_y) == "xone two threeone two three");
}

TEST_CASE("what an editor cannot do alone it asks for") {
  Typed t;
  CHECK(t.type("\r") == Wish::enter);
  CHECK(t.type("\t") == Wish::complete);
  CHECK(t.type("\x0C") == Wish::clear_screen);
  CHECK(t.type("\x03") == Wish::interrupt);
  CHECK(t.type("\x04") == Wish::leave);
  CHECK(t.type("ab" + ctrl_a + "\x04") == Wish::none);
  CHECK(t.editor().buffer().text() == "b");
}

TEST_CASE("Alt-Enter parts a line, and a paste keeps its own") {
  Typed t;
  CHECK(t.text("a" + alt_enter + "b") == "a\nb");
  CHECK(t.text("\x1B[200~1\r2\r\x1B[201~3") == "a\nb1\n2\n3");
}

TEST_CASE("Up and Down find what begins as the line does") {
  Typed t({"print(1)", "x = 1", "print(2)", "y"});
  CHECK(t.text("pri" + up) == "print(2)");
  CHECK(t.text(up) == "print(1)");
  CHECK(t.text(up) == "print(1)");
  CHECK(t.text(down) == "print(2)");
  CHECK(t.text(down) == "pri");
  CHECK(t.text(down) == "pri");
}

TEST_CASE("an empty line walks the whole history, and a change begins anew") {
  Typed t({"one", "two"});
  CHECK(t.text(up) == "two");
  CHECK(t.text(up) == "one");
  CHECK(t.text("!" + up) == "one!");
  CHECK(t.text(down) == "one!");
}

TEST_CASE("in a text of several lines Up goes to the line above first") {
  Typed t({"old"});
  t.type("ab" + alt_enter + "cd");
  CHECK(t.text(up + "X") == "abX\ncd");
  CHECK(t.text(up) == "abX\ncd");
  CHECK(t.text(ctrl_u + up) == "old");
}

TEST_CASE("Ctrl-R searches, again and again, and can be taken back") {
  Typed t({"first(x)", "other", "second(x)"});
  CHECK(t.text("draft" + ctrl_r + "(x") == "second(x)");
  CHECK(t.editor().search_prompt() == "(search \"(x\") ");
  CHECK(t.text(ctrl_r) == "first(x)");
  CHECK(t.text(ctrl_r) == "first(x)");
  CHECK(t.editor().search_prompt() == "(nothing has \"(x\") ");
  CHECK(t.text(ctrl_g) == "draft");
  CHECK(t.editor().search_prompt().empty());
}

TEST_CASE("a search ends with the next other key, which does what it does") {
  Typed t({"alpha", "beta"});
  CHECK(t.text(ctrl_r + "alp" + ctrl_e + "!") == "alpha!");
  CHECK(t.type(ctrl_r + "bet\r") == Wish::enter);
  CHECK(t.editor().buffer().text() == "beta");
}

TEST_CASE(
    "a history keeps each thing once, the last time it was entered, and nothing behind a blank") {
  History history;
  CHECK(history.add("a"));
  CHECK(history.add("b"));
  CHECK(history.add("a"));
  CHECK_FALSE(history.add(" secret"));
  CHECK_FALSE(history.add(""));
  REQUIRE(history.size() == 2);
  CHECK(history.at(0) == "b");
  CHECK(history.at(1) == "a");
}

TEST_CASE("undo takes back what was typed word by word, and goes forth again") {
  Typed t;
  CHECK(t.text("one two" + ctrl_w) == "one ");
  CHECK(t.text(ctrl_underscore) == "one two");
  CHECK(t.text(ctrl_underscore) == "one ");
  CHECK(t.text(ctrl_underscore) == "");
  CHECK(t.text(ctrl_underscore) == "");
  CHECK(t.text(alt_underscore + alt_underscore) == "one two");
  CHECK(t.text(ctrl_underscore + "x" + alt_underscore) == "one x");
}

TEST_CASE("a completion and a paste are undone as a whole") {
  Typed t;
  t.type("pri");
  t.editor().replace(0, 3, "print");
  CHECK(t.text("\x1B[200~(1)\x1B[201~") == "print(1)");
  CHECK(t.text(ctrl_underscore) == "print");
  CHECK(t.text(ctrl_underscore) == "pri");
}

TEST_CASE("Backspace in the indentation takes a step of it, elsewhere a character") {
  Typed t;
  CHECK(t.text("f:" + alt_enter) == "f:\n    ");
  CHECK(t.text("  \x7F") == "f:\n    ");
  CHECK(t.text("\x7F") == "f:\n");
  CHECK(t.text("x  \x7F") == "f:\nx ");
}

TEST_CASE("a closing bracket alone in its line stands below the line which opened") {
  Typed t;
  CHECK(t.text("  f({" + alt_enter + "a" + alt_enter + "}") == "  f({\n      a\n  }");
  Typed flat;
  CHECK(flat.text("  }") == "  }");
}

TEST_CASE("Ctrl-X Ctrl-E asks for another editor, and Ctrl-X alone does nothing") {
  Typed t;
  CHECK(t.type("a\x18\x05") == Wish::edit_outside);
  CHECK(t.text("\x18q" + ctrl_e + "b") == "ab");
  CHECK(t.text("\x18\x15") == "a");
}

TEST_CASE("a line parted by Alt-Enter is one step to undo") {
  Typed t;
  t.type("a" + alt_enter);
  CHECK(t.text(ctrl_underscore) == "a");
  CHECK(t.text(ctrl_underscore).empty());
}

TEST_CASE("a kill that finds nothing leaves what was killed before") {
  Typed t;
  t.type("kept" + ctrl_u + ctrl_u);
  CHECK(t.text(ctrl_y) == "kept");
}
