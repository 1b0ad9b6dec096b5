// SPDX-License-Identifier: Apache-2.0
// What workers say, as events, also when a worker says nonsense.
#include "worker_events.hpp"

#include "event_text.hpp"
#include "native_codec.hpp"

using namespace quern;

namespace {

RawMap map(std::string bytes) { return {std::move(bytes)}; }

bool fits(Event event) {
  Frames frames = encode_event({"run", 1, {}, std::move(event)});
  return frames.head.size() <= max_head &&
         decode_event(frames.head, frames.body.view()).has_value();
}

}  // namespace

TEST_CASE("a result is its parts, one behind the other, with their types and sizes") {
  WorkerFrame frame{"result", {}, {{"text/plain", "42"}, {"image/png", std::string("\x89\0P", 3)}}};
  Shown expected;
  expected.result = true;
  expected.parts = {{"text/plain", 2}, {"image/png", 3}};
  expected.bytes = Blob(std::string_view("42\x89\0P", 5));
  CHECK(shown_of(frame) == expected);
}

TEST_CASE("a display has a name, may be an update, and carries its metadata") {
  WorkerFrame frame{"display",
                    {{"display", "d1"}, {"update", "1"}},
                    {{"metadata", R"({"a": 1})"}, {"text/html", "<b>"}}};
  Shown expected;
  expected.parts = {{"text/html", 3}};
  expected.bytes = Blob("<b>");
  expected.metadata =
      map("\x81\xa1"
          "a\x01");
  expected.display = "d1";
  expected.update = true;
  CHECK(shown_of(frame) == expected);
  CHECK(shown_of({"display", {}, {}}) == Shown{});
}

TEST_CASE("metadata that is no JSON object is as if there were none") {
  for (const char* text :
       {"", "null", "[1]", "\"x\"", "{", "{\"a\":}", "nonsense", "{\"a\": \"\xff\"}", "1e999"}) {
    INFO(text);
    CHECK(map_of_json(text) == RawMap{});
  }
}

TEST_CASE("metadata of senseless depth harms nobody") {
  const std::size_t depth = 1'000'000;
  std::string deep = "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  CHECK(map_of_json(deep) == RawMap{});
  std::string maps;
  for (int i = 0; i < 100'000; ++i) maps += "{\"a\":";
  maps += "1" + std::string(100'000, '}');
  CHECK(map_of_json(maps) == RawMap{});
  CHECK(map_of_json(R"({"a": [[[[1]]]]})") == map("\x81\xa1"
                                                  "a\x91\x91\x91\x91\x01"));
}

TEST_CASE("an error tells its kind, name, message, place and traceback") {
  WorkerFrame frame{"error",
                    {{"kind", "compile"}, {"line", "3"}, {"column", "14"}},
                    {{"name", "SyntaxError"},
                     {"message", "invalid syntax"},
                     {"file", "<input>"},
                     {"traceback", "one"},
                     {"traceback", "two"}}};
  ErrorRaised expected{
      ErrorKind::compile, "SyntaxError", "invalid syntax", {"one", "two"}, "<input>", 3, 14};
  CHECK(error_of(frame) == expected);
  CHECK(error_of({"error", {{"kind", "whatever"}}, {}}) == ErrorRaised{});
}

TEST_CASE("numbers that are none are absent") {
  auto of = [](std::string value) { return number({"x", {{"n", std::move(value)}}, {}}, "n"); };
  CHECK(of("7") == 7);
  CHECK(of("-7") == -7);
  CHECK(of("0007") == 7);
  for (const char* garbage :
       {"", " ", "7 ", " 7", "+7", "7.5", "0x7", "seven", "7\n", "99999999999999999999", "--7"}) {
    INFO("'" << garbage << "'");
    CHECK_FALSE(of(garbage));
  }
  CHECK_FALSE(number({"x", {}, {}}, "n"));
}

TEST_CASE("progress counts with any number, and with none from 0") {
  CHECK(progress_of({"progress", {{"current", "3"}, {"total", "7.5"}}, {{"label", "loading"}}}) ==
        Progressed{3, 7.5, "loading"});
  CHECK(progress_of({"progress", {}, {}}) == Progressed{});
  for (const char* garbage : {"many", "3x", "nan", "inf", "-inf", "1e999", ""}) {
    INFO(garbage);
    CHECK(progress_of({"progress", {{"current", garbage}}, {}}) == Progressed{});
  }
}

TEST_CASE("an event's head keeps its bound, whatever a program says") {
  for (char letter : {'x', '\xff'}) {
    const std::string huge(4 * mib, letter);
    WorkerFrame error{"error", {}, {{"name", huge}, {"message", huge}, {"file", huge}}};
    for (unsigned i = 0; i < 30'000; ++i)
      error.parts.emplace_back("traceback", std::string(i % 20u, letter));
    error.parts.emplace_back("traceback", huge);
    CHECK(fits(error_of(error)));
    CHECK(error_of(error).message.starts_with(std::string(1000, letter)));
    CHECK(fits(progress_of({"progress", {}, {{"label", huge}}})));
    CHECK(fits(WaitingInput{1, prompt_of({"prompt", {}, {{"prompt", huge}}}), false,
                            PromptSource::asked}));
    CHECK(fits(shown_of(
        {"display", {}, {{"metadata", "{\"a\": \"" + huge + "\"}"}, {"text/plain", "x"}}})));
  }
}

TEST_CASE("a clipped text is valid, marked, and never longer than there is room for") {
  CHECK(clipped("short", 5) == "short");
  CHECK(clipped("longer", 5) == "lo…");
  CHECK(clipped("üüüü", 6) == "ü…");
  CHECK(clipped(std::string(10, '\x80'), 5) == "…");
}
