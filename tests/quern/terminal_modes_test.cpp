// SPDX-License-Identifier: Apache-2.0
#include "terminal_modes.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

// What is undone after this output, however it was cut.
std::string undone(const std::string& output) {
  TerminalModes whole;
  whole.saw(output);
  TerminalModes by_bytes;
  for (const char byte : output) by_bytes.saw(std::string(1, byte));
  CHECK(by_bytes.undone() == whole.undone());
  return whole.undone();
}

}  // namespace

TEST_CASE("text and colours leave nothing to undo but colours") {
  CHECK(undone("") == "\x1b[m");
  CHECK(undone("hello \x1b[31mred\x1b[2J\x1b[10;5H") == "\x1b[m");
}

TEST_CASE("what was switched on is switched off, the other screen last") {
  CHECK(undone("\x1b[?1049h\x1b[?2004h\x1b[?1000h") == "\x1b[m\x1b[?1000l\x1b[?2004l\x1b[?1049l");
  CHECK(undone("\x1b[?1049;2004h") == "\x1b[m\x1b[?2004l\x1b[?1049l");
}

TEST_CASE("a cursor that was hidden is shown, and lines that did not wrap do") {
  CHECK(undone("\x1b[?25l\x1b[?7l") == "\x1b[m\x1b[?7h\x1b[?25h");
}

TEST_CASE("what a program has put back itself is not undone again") {
  CHECK(undone("\x1b[?1049h\x1b[?25l\x1b=text\x1b[?25h\x1b>\x1b[?1049l") == "\x1b[m");
  CHECK(undone("\x1b[?1h\x1b=\x1b[?25l\x1b"
               "c") == "\x1b[m");
}

TEST_CASE("the keypad is put back") { CHECK(undone("\x1b=") == "\x1b[m\x1b>"); }

TEST_CASE("sequences that switch nothing, and broken ones, are passed over") {
  CHECK(undone("\x1b[?25$p\x1b[>c\x1b[?u\x1b[4h\x1b[20l") == "\x1b[m");
  CHECK(undone("\x1b[?\x1b[?25l") == "\x1b[m\x1b[?25h");
  CHECK(undone("\x1b[?;;h\x1b[?99999999999h") == "\x1b[m");
  CHECK(undone("\x1b[?" + std::string(10000, '1') + "h\x1b[?25l") == "\x1b[m\x1b[?25h");
}
