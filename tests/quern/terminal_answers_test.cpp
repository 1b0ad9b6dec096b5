// SPDX-License-Identifier: Apache-2.0
#include "terminal_answers.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

constexpr std::string_view kitty =
    "\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.32)\x1b\\\x1b[6;20;10t\x1b[?62;c";

Look told_by(std::string_view bytes) {
  TerminalAnswers answers;
  answers.take(bytes);
  Look look;
  look.pictures = Look::Pictures::blocks;
  answers.tell(look);
  return look;
}

}  // namespace

TEST_CASE("A terminal says what it can") {
  CHECK(told_by(kitty).pictures == Look::Pictures::kitty);
  CHECK(told_by(kitty).cell_width == 10);
  CHECK(told_by(kitty).cell_height == 20);
  CHECK(told_by("\x1bP>|iTerm2 3.5.0\x1b\\\x1b[?62;4c").pictures == Look::Pictures::iterm);
  CHECK(told_by("\x1b[?62;4;22c").pictures == Look::Pictures::sixel);
  CHECK(told_by("\x1b[?62;14;44c").pictures == Look::Pictures::blocks);
  CHECK(told_by("\x1b_Gi=31;ENOTSUP:x\x1b\\\x1b[?1;2c").pictures == Look::Pictures::blocks);
  CHECK(told_by("").pictures == Look::Pictures::blocks);
  CHECK(told_by("\x1b[6;99999;10t\x1b[?1c").cell_width == 0);
}

TEST_CASE("Answers may come in any pieces, and what is typed among them is kept") {
  const std::string bytes = "x = 1\r\x1b[A" + std::string(kitty) + "y\x1b[";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    TerminalAnswers answers;
    answers.take(bytes.substr(0, cut));
    answers.take(bytes.substr(cut));
    REQUIRE(answers.done());
    REQUIRE(answers.typed() == "x = 1\r\x1b[Ay\x1b[");
    Look look;
    answers.tell(look);
    REQUIRE(look.pictures == Look::Pictures::kitty);
  }
}

TEST_CASE("A terminal that has not answered has not lost what was typed") {
  TerminalAnswers answers;
  answers.take("ab\x1b");
  CHECK_FALSE(answers.done());
  CHECK(answers.typed() == "ab\x1b");
}
