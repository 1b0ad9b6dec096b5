// SPDX-License-Identifier: Apache-2.0
#include "key_decoder.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace quern;
using Code = Key::Code;

namespace {

std::vector<Key> keys_of(std::string_view bytes) {
  KeyDecoder decoder;
  decoder.feed(bytes);
  std::vector<Key> keys;
  while (auto key = decoder.next()) keys.push_back(*key);
  return keys;
}

Key named(Code code, bool ctrl = false, bool alt = false) { return {code, "", ctrl, alt}; }
Key typed(std::string text, bool ctrl = false, bool alt = false) {
  return {Code::character, std::move(text), ctrl, alt};
}

struct Sent {
  std::string_view bytes;
  Key key;
};

const std::vector<Sent>& table() {
  static const std::vector<Sent> rows = {
      {"a", typed("a")},
      {"\xC3\xBC", typed("ü")},
      {"\xE4\xBD\xA0", typed("你")},
      {"\xF0\x9F\x98\x80", typed("😀")},
      {"\x01", typed("a", true)},
      {"\x1F", typed("_", true)},
      {"\r", named(Code::enter)},
      {"\n", named(Code::enter)},
      {"\t", named(Code::tab)},
      {"\x7F", named(Code::backspace)},
      {"\b", named(Code::backspace)},
      {"\x1B[A", named(Code::up)},
      {"\x1BOB", named(Code::down)},
      {"\x1B[1;5C", named(Code::right, true)},
      {"\x1B[1;3D", named(Code::left, false, true)},
      {"\x1B[H", named(Code::home)},
      {"\x1B[4~", named(Code::end)},
      {"\x1B[Z", named(Code::back_tab)},
      {"\x1B[3~", named(Code::erase)},
      {"\x1B[24~", named(Code::unknown)},
      // What a terminal answers, should it come late.
      {"\x1B_Gi=31;OK\x1B\\", named(Code::unknown)},
      {"\x1BP>|kitty(0.32)\x1B\\", named(Code::unknown)},
      {"\x1B[?62;4c", named(Code::unknown)},
      {"\x1B"
       "b",
       typed("b", false, true)},
      {"\x1B\r", named(Code::enter, false, true)},
      {"\x1B\x7F", named(Code::backspace, false, true)},
      {"\x1B[200~a\r\nb\rc\n\x1B[A\x1B[201~", {Code::paste, "a\nb\nc\n\x1B[A", false, false}},
  };
  return rows;
}

}  // namespace

TEST_CASE("each key is known by what a terminal sends for it") {
  for (const Sent& row : table()) {
    INFO(row.key.text << " " << static_cast<int>(row.key.code));
    CHECK(keys_of(row.bytes) == std::vector{row.key});
  }
}

TEST_CASE("a key that comes byte by byte is the same key, and none before its end") {
  for (const Sent& row : table()) {
    INFO(row.key.text << " " << static_cast<int>(row.key.code));
    KeyDecoder decoder;
    if (row.bytes.starts_with("\x1B_")) continue;  // begins with a key; terminals send it whole
    for (const char byte : row.bytes.substr(0, row.bytes.size() - 1)) {
      decoder.feed({&byte, 1});
      CHECK(decoder.next() == std::nullopt);
    }
    decoder.feed(row.bytes.substr(row.bytes.size() - 1));
    CHECK(decoder.next() == row.key);
    CHECK(decoder.next() == std::nullopt);
  }
}

TEST_CASE("bytes that are no UTF-8 are shown as such and swallow no neighbour") {
  CHECK(keys_of("\xC3"
                "a\xFFz") ==
        std::vector{typed("\xEF\xBF\xBD"), typed("a"), typed("\xEF\xBF\xBD"), typed("z")});
}

TEST_CASE("what is typed behind a paste is typed") {
  CHECK(keys_of("\x1B[200~x\x1B[201~\r") ==
        std::vector<Key>{{Code::paste, "x", false, false}, named(Code::enter)});
}

TEST_CASE("Escape alone is a key when whoever reads says so") {
  KeyDecoder decoder;
  decoder.feed("\x1B");
  CHECK(decoder.next() == std::nullopt);
  REQUIRE(decoder.has_lone_escape());
  CHECK(decoder.take_lone_escape().code == Key::Code::escape);
  decoder.feed("\x1BO");
  CHECK(decoder.next() == std::nullopt);
  REQUIRE(decoder.has_lone_escape());
  decoder.take_lone_escape();
  CHECK(decoder.next()->text == "O");
  decoder.feed("\x1BP");
  CHECK(decoder.next() == std::nullopt);  // what a terminal answers may begin so
  REQUIRE(decoder.has_lone_escape());
  decoder.take_lone_escape();
  CHECK(decoder.next()->text == "P");
  decoder.feed("\x1B[1");
  CHECK_FALSE(decoder.has_lone_escape());
}

TEST_CASE("a large paste that comes in small pieces is put together once") {
  KeyDecoder decoder;
  std::string text(100'000, 'x');
  decoder.feed("\x1B[200~");
  for (std::size_t at = 0; at < text.size(); at += 10) {
    decoder.feed(text.substr(at, 10));
    REQUIRE(decoder.next() == std::nullopt);
  }
  for (const char c : std::string("\x1B[201~")) decoder.feed(std::string(1, c));
  CHECK(decoder.next()->text == text);
}
