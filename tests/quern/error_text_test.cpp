// SPDX-License-Identifier: Apache-2.0
#include "error_text.hpp"
#include "harmless.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

ErrorRaised error_of(std::string name, std::string message, std::vector<std::string> traceback) {
  ErrorRaised error;
  error.name = std::move(name);
  error.message = std::move(message);
  error.traceback = std::move(traceback);
  return error;
}

const Paint colours(true), plain(false);

}  // namespace

TEST_CASE("Places are dim, code is plain, marks are red and what is wrong is bold red") {
  const ErrorRaised error =
      error_of("ZeroDivisionError", "division by zero",
               {"Traceback (most recent call last):",
                "  File \"<cell 2>\", line 1, in f\n    return 1/x\n           ~^~",
                "ZeroDivisionError: division by zero"});
  CHECK(error_text(error, "", colours) ==
        "\x1b[2mTraceback (most recent call last):\x1b[0m\n"
        "\x1b[2m  File \"<cell 2>\", line 1, in f\x1b[0m\n"
        "    return 1/x\n"
        "           \x1b[31m~^~\x1b[0m\n"
        "\x1b[1;31mZeroDivisionError: division by zero\x1b[0m\n");
  CHECK(error_text(error, "", plain) ==
        "Traceback (most recent call last):\n  File \"<cell 2>\", line 1, in f\n    return 1/x\n"
        "           ~^~\nZeroDivisionError: division by zero\n");
}

TEST_CASE("What is wrong may stand first, behind its place") {
  ErrorRaised error = error_of("CompileError", "expected expression",
                               {"snippet:1:9: error: expected expression", "    1 | int x = ;"});
  error.kind = ErrorKind::compile;
  error.line = 1;
  error.column = 9;
  CHECK(error_text(error, "int x = ;", colours) ==
        "\x1b[2msnippet:1:9:\x1b[0m\x1b[1;31m error: expected expression\x1b[0m\n"
        "    1 | int x = ;\n");
  const ErrorRaised thrown = error_of("Error", "a", {"Error: a", "    at <cell-1>:1:7"});
  CHECK(error_text(thrown, "", colours) ==
        "\x1b[1;31mError: a\x1b[0m\n\x1b[2m    at <cell-1>:1:7\x1b[0m\n");
}

TEST_CASE("A compiler that does not show the line it means has it shown, with the column marked") {
  ErrorRaised error =
      error_of("CompileError", "no instance", {"<cell 1>:2:3: error:", "  no instance"});
  error.kind = ErrorKind::compile;
  error.line = 2;
  error.column = 5;
  CHECK(error_text(error, "x = 1\n日 = + True\n", plain) ==
        "<cell 1>:2:3: error:\n  no instance\n  2 | 日 = + True\n    |      ^\n");
  error.column.reset();
  CHECK(error_text(error, "x = 1\n  1 + True", plain) ==
        "<cell 1>:2:3: error:\n  no instance\n  2 |   1 + True\n");
  error.line = 7;
  CHECK(error_text(error, "x = 1", plain) == "<cell 1>:2:3: error:\n  no instance\n");
}

TEST_CASE("An error without a traceback is its name and message") {
  CHECK(error_text(error_of("Oops", "", {}), "", plain) == "Oops\n");
  CHECK(error_text(error_of("Oops", "it\x1b[2Jbroke", {}), "", plain) == "Oops: it\\x1b[2Jbroke\n");
}

TEST_CASE("Harmless text keeps words and shows the rest") {
  CHECK(harmless("a\tb\nc é 日\r\n") == "a\tb\nc é 日\n");
  CHECK(harmless("\x1b[1;31mred\x1b[0m") == "red");
  CHECK(harmless("\x1b[2J\x07\x7f\xff\xc2\x9b") == "\\x1b[2J\\x07\\x7f\\xff\\x9b");
  CHECK(harmless("a\u202eb") == "a\\u202eb");
  CHECK(harmless_line("a\nb") == "a b");
  CHECK(harmless("\xF4\x90\x80\x80\xE0\x80") == "\\xf4\\x90\\x80\\x80\\xe0\\x80");
}
