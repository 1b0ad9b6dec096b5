// SPDX-License-Identifier: Apache-2.0
// The framing of langs/WORKER.md as a table of bytes and values, both ways and in all fragments.
#include "worker_frame.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <stdexcept>

using namespace quern;
using namespace std::string_literals;

namespace {

struct Row {
  std::string bytes;
  WorkerFrame frame;
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {"done status=ok\n", {"done", {{"status", "ok"}}, {}}},
      {"ready\n", {"ready", {}, {}}},
      {"taken\n", {"taken", {}, {}}},
      {"run id=7 stdin=ask code:14\nprint(6 * 7)\n\n",
       {"run", {{"id", "7"}, {"stdin", "ask"}}, {{"code", "print(6 * 7)\n\n"}}}},
      {"result text/plain:2\n42", {"result", {}, {{"text/plain", "42"}}}},
      {"display update=1 text/html;charset=utf-8:3 image/png:4\n<b>\x00\xFF\n "s,
       {"display",
        {{"update", "1"}},
        {{"text/html;charset=utf-8", "<b>"}, {"image/png", "\x00\xFF\n "s}}}},
      {"error name:0 traceback:1 traceback:2\nabc",
       {"error", {}, {{"name", ""}, {"traceback", "a"}, {"traceback", "bc"}}}},
      {"x a=b=c d= e=:\n", {"x", {{"a", "b=c"}, {"d", ""}, {"e", ":"}}, {}}},
      {"x-2_y a:b:3\nabc", {"x-2_y", {}, {{"a:b", "abc"}}}},
  };
  return rows;
}

std::string all_bytes() {
  std::string bytes;
  for (const Row& row : table()) bytes += row.bytes;
  return bytes;
}

std::vector<WorkerFrame> all_frames() {
  std::vector<WorkerFrame> frames;
  for (const Row& row : table()) frames.push_back(row.frame);
  return frames;
}

void take_all(FrameReader& reader, std::vector<WorkerFrame>& into) {
  for (;;) {
    Result<std::optional<WorkerFrame>> next = reader.next();
    REQUIRE(next.has_value());
    if (!next->has_value()) return;
    into.push_back(**std::move(next));
  }
}

std::string what_is_wrong_with(const std::string& bytes) {
  FrameReader reader;
  reader.feed(bytes);
  for (;;) {
    const Result<std::optional<WorkerFrame>> next = reader.next();
    if (!next) return next.error().message;
    if (!next->has_value()) return {};
  }
}

}  // namespace

TEST_CASE("a frame is written as its row says") {
  for (const Row& row : table()) CHECK(encode(row.frame) == row.bytes);
}

TEST_CASE("a row's bytes are read as its frame") {
  for (const Row& row : table()) {
    FrameReader reader;
    reader.feed(row.bytes);
    std::vector<WorkerFrame> frames;
    take_all(reader, frames);
    CHECK(frames == std::vector{row.frame});
  }
}

TEST_CASE("frames are the same wherever the stream is cut in two") {
  const std::string bytes = all_bytes();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameReader reader;
    std::vector<WorkerFrame> frames;
    reader.feed(std::string_view(bytes).substr(0, cut));
    take_all(reader, frames);
    reader.feed(std::string_view(bytes).substr(cut));
    take_all(reader, frames);
    REQUIRE(frames == all_frames());
  }
}

TEST_CASE("frames are the same when every byte comes alone") {
  FrameReader reader;
  std::vector<WorkerFrame> frames;
  for (const char byte : all_bytes()) {
    reader.feed({&byte, 1});
    take_all(reader, frames);
  }
  CHECK(frames == all_frames());
}

TEST_CASE("frames are the same in pieces of any size, read before or after") {
  std::mt19937 random(7);
  std::string bytes;
  std::vector<WorkerFrame> expected;
  for (int i = 0; i < 200; ++i) {
    const Row& row = table()[random() % table().size()];
    bytes += row.bytes;
    expected.push_back(row.frame);
  }
  for (int round = 0; round < 50; ++round) {
    FrameReader reader;
    std::vector<WorkerFrame> frames;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(random() % 40, bytes.size() - at);
      reader.feed(std::string_view(bytes).substr(at, size));
      at += size;
      if (random() % 2) take_all(reader, frames);
    }
    take_all(reader, frames);
    REQUIRE(frames == expected);
  }
}

TEST_CASE("an unfinished frame is not yet a frame and no error") {
  CHECK(what_is_wrong_with("run id=1 code:3\nab").empty());
  CHECK(what_is_wrong_with("run id=1 cod").empty());
  CHECK(what_is_wrong_with("").empty());
}

TEST_CASE("garbage gives an error that says what is wrong") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"\n", "instead of a kind"},
      {"Traceback (most recent call last):\n", "instead of a kind"},
      {"\x00\x01\n"s, "begins with `??`"},
      {"done  status=ok\n", "two spaces"},
      {"done \n", "two spaces or one at its end"},
      {"done ok\n", "`ok` is neither"},
      {"done =ok\n", "`=ok` is neither"},
      {"result :3\nabc", "has no name"},
      {"result text:-3\n", "is neither"},
      {"result text:67108865\n", "more than 64 MiB"},
      {"result text:99999999999999999999999\n", "more than 64 MiB"},
      {"result a:67108864 b:1\n", "more than 64 MiB"},
      {"result " + std::string(70'000, 'x'), "longer than 64 KiB"},
      {"result " + std::string(70'000, 'x') + "=1\n", "longer than 64 KiB"},
  };
  for (const auto& [bytes, words] : rows) {
    const std::string message = what_is_wrong_with(bytes);
    INFO(bytes.substr(0, 60) << " -> " << message);
    const std::string expected = words == "two spaces or one at its end" ? "two spaces" : words;
    CHECK(message.find(expected) != std::string::npos);
    CHECK(message.ends_with('.'));
  }
}

TEST_CASE("a stream that has gone wrong stays wrong") {
  FrameReader reader;
  reader.feed("GARBAGE\ndone status=ok\n");
  CHECK(!reader.next().has_value());
  reader.feed("done status=ok\n");
  CHECK(!reader.next().has_value());
}

TEST_CASE("the longest line and the largest part are read") {
  const std::string line = "x a=" + std::string(max_frame_line - 4, 'v') + "\n";
  CHECK(what_is_wrong_with(line).empty());
  const WorkerFrame large{"result", {}, {{"text/plain", std::string(max_frame_parts, 'p')}}};
  FrameReader reader;
  reader.feed(encode(large));
  CHECK(reader.next()->value() == large);
}

TEST_CASE("many small frames in one feed are read in linear time") {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += "done status=ok\n";
  FrameReader reader;
  reader.feed(bytes);
  std::size_t count = 0;
  while (reader.next()->has_value()) ++count;
  CHECK(count == 300'000);
}

TEST_CASE("what could not be read back is not written") {
  CHECK_THROWS_AS(encode({"done", {{"label", "two words"}}, {}}), std::logic_error);
  CHECK_THROWS_AS(encode({"done", {{"label", "ends:12"}}, {}}), std::logic_error);
  CHECK_THROWS_AS(encode({"done", {}, {{"a b", ""}}}), std::logic_error);
  CHECK_THROWS_AS(encode({"Not A Kind", {}, {}}), std::logic_error);
}

TEST_CASE("attributes and parts are found by name, the first of its name") {
  const WorkerFrame frame{"error", {{"line", "3"}}, {{"traceback", "a"}, {"traceback", "b"}}};
  CHECK(frame.attribute("line") == "3");
  CHECK(frame.attribute("column").empty());
  CHECK(*frame.part("traceback") == "a");
  CHECK(frame.part("name") == nullptr);
}
