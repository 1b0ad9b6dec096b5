// SPDX-License-Identifier: Apache-2.0
#include "native_text.hpp"
#include "specimens.hpp"

#include <catch2/catch.hpp>

using namespace quern;

TEST_CASE("well-formed UTF-8 is accepted to its last plane") {
  for (const char* text : {"", "plain ascii, long enough for words", "é", "€", "\xF0\x9F\x98\x80",
                           "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"})
    CHECK_FALSE(native::first_invalid_utf8(text));
}

TEST_CASE("overlong forms, surrogates, stray and missing bytes are found where they stand") {
  for (const char* text :
       {"12345678\x80", "12345678\xC0\x80", "12345678\xC1\xBF", "12345678\xE0\x80\x80",
        "12345678\xED\xA0\x80", "12345678\xF0\x80\x80\x80", "12345678\xF4\x90\x80\x80",
        "12345678\xF5\x80\x80\x80", "12345678\xE2\x82", "12345678\xC3", "12345678\xFF"}) {
    INFO(text);
    CHECK(native::first_invalid_utf8(text) == std::optional<std::size_t>(8));
  }
}

TEST_CASE("what is no text becomes one replacement a sequence") {
  CHECK(native::replace_invalid_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(native::replace_invalid_utf8("a\xE2\x82z") == "a\xEF\xBF\xBDz");
  CHECK(native::replace_invalid_utf8("\xC3") == "\xEF\xBF\xBD");
}

TEST_CASE("texts of programs that are not UTF-8 do not make a strict decoder choke") {
  ErrorRaised error;
  error.name = "E\xFF";
  error.message = "m\xC3";
  error.traceback = {"ok", "\x80"};
  error.file = "caf\xe9.py";
  const auto head = specimens::unpacked(encode_event({"r1", 0, microseconds(0), error}).head);
  CHECK_NOTHROW(head.dump());
  CHECK(head["name"] == "E\xEF\xBF\xBD");
  CHECK(head["message"] == "m\xEF\xBF\xBD");
  CHECK(head["traceback"][1] == "\xEF\xBF\xBD");
  CHECK(head["file"].is_binary());

  const auto prompt = specimens::unpacked(
      encode_event({"r1", 0, microseconds(0), WaitingInput{1, "\xFF?", false, {}}}).head);
  CHECK(prompt["prompt"] == "\xEF\xBF\xBD?");
}
