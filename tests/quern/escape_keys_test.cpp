// SPDX-License-Identifier: Apache-2.0
#include "escape_keys.hpp"

#include "failure.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

constexpr char key = '\x1c';  // Ctrl-backslash

}  // namespace

TEST_CASE("keys are the program's until the escape key is followed by d") {
  EscapeKeys keys(key);
  CHECK(keys.take("ls\r").bytes == "ls\r");
  const EscapeKeys::Typed typed = keys.take(
      "x\x1c"
      "dy");
  CHECK(typed.detach);
  CHECK(typed.bytes == "x");
}

TEST_CASE("the escape key and its d may come one by one") {
  EscapeKeys keys(key);
  CHECK(keys.take("\x1c").bytes.empty());
  CHECK(keys.take("d").detach);
}

TEST_CASE("the escape key twice is one, and before any other key it is itself") {
  EscapeKeys keys(key);
  CHECK(keys.take("\x1c\x1c").bytes == "\x1c");
  CHECK(keys.take("d").bytes == "d");
  CHECK(keys.take("\x1cq").bytes == "\x1cq");
  CHECK(keys.take("\x1c").bytes.empty());
  CHECK(keys.take("\x1c").bytes == "\x1c");
}

TEST_CASE("without an escape key all keys are the program's") {
  EscapeKeys keys(std::nullopt);
  const EscapeKeys::Typed typed = keys.take(
      "\x1c"
      "d");
  CHECK_FALSE(typed.detach);
  CHECK(typed.bytes ==
        "\x1c"
        "d");
}

TEST_CASE("an escape key is told as people write it") {
  CHECK(escape_key_of("^\\") == '\x1c');
  CHECK(escape_key_of("^]") == '\x1d');
  CHECK(escape_key_of("^a") == '\x01');
  CHECK(escape_key_of("^A") == '\x01');
  CHECK(escape_key_of("~") == '~');
  CHECK_FALSE(escape_key_of("none"));
  for (const char* wrong : {"", "ab", "^^^", "\xc3\xa4"})
    CHECK_THROWS_AS(escape_key_of(wrong), Failure);
}
