// SPDX-License-Identifier: Apache-2.0
#include "screen.hpp"
#include "graphemes.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace quern;

namespace {

// A terminal of just those controls that Screen uses, to see what it would show. Unlike a real one
// it does not break lines anew when it gets another width.
class Glass {
 public:
  explicit Glass(WindowSize size) : size_(size), rows_(1) {}

  void write(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      if (bytes[at] == '\r') {
        column_ = 0, ++at;
      } else if (bytes[at] == '\n') {
        if (++row_ == static_cast<int>(rows_.size())) rows_.emplace_back();
        ++at;
      } else if (bytes[at] == '\x1b') {
        at = control(bytes, at + 2);
      } else {
        const std::size_t end = next_grapheme(bytes, at);
        put(bytes.substr(at, end - at));
        at = end;
      }
    }
  }
  std::vector<std::string> rows() const { return rows_; }
  std::pair<int, int> cursor() const { return {row_, column_}; }

 private:
  std::size_t control(std::string_view bytes, std::size_t at) {
    const std::size_t end = bytes.find_first_of("ABCHJKm", at);
    const int count = std::atoi(std::string(bytes.substr(at, end - at)).c_str());
    switch (bytes[end]) {
      case 'A': row_ -= count; break;
      case 'B': row_ += count; break;
      case 'C': column_ += count; break;
      case 'J':
        rows_.resize(static_cast<std::size_t>(row_) + 1);
        rows_.back() = rows_.back().substr(0, static_cast<std::size_t>(column_));
        break;
      case 'K':
        rows_[static_cast<std::size_t>(row_)].clear();
        REQUIRE(column_ == 0);
        break;
      default: break;
    }
    REQUIRE(row_ >= 0);
    REQUIRE(row_ < static_cast<int>(rows_.size()));
    return end + 1;
  }
  // Only ever behind what stands in the row: Screen erases before it draws.
  void put(std::string_view grapheme) {
    const int columns = columns_of(grapheme);
    REQUIRE(column_ + columns <= size_.columns);
    rows_[static_cast<std::size_t>(row_)] += grapheme;
    column_ += columns;
  }

  WindowSize size_;
  std::vector<std::string> rows_;
  int row_ = 0;
  int column_ = 0;
};

Picture picture(std::string text, std::size_t cursor) {
  Picture picture;
  picture.prompt = "> ";
  picture.more = ". ";
  picture.text = std::move(text);
  picture.cursor = cursor;
  return picture;
}

using Rows = std::vector<std::string>;

// A row that was erased is as good as one that never was.
Rows without_empty_end(Rows rows) {
  while (!rows.empty() && rows.back().empty()) rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("a prompt, the text and the cursor are where they should be") {
  const WindowSize size{5, 20};
  Screen screen(size);
  Glass glass(size);
  glass.write(screen.show(picture("ab\ncd", 4)));
  CHECK(glass.rows() == Rows{"> ab", ". cd"});
  CHECK(glass.cursor() == std::pair(1, 3));
  glass.write(screen.show(picture("ab\ncd", 1)));
  CHECK(glass.cursor() == std::pair(0, 3));
}

TEST_CASE("each picture follows from the one before, whatever it was") {
  const WindowSize size{6, 10};
  const std::vector<Picture> pictures = {picture("", 0),
                                         picture("12345678", 8),
                                         picture("123456789abcdefgh", 17),
                                         picture("a\n\nb", 2),
                                         picture("a", 1),
                                         picture("你好你好你好", 18),
                                         picture("\tx", 2),
                                         picture("a\nb\nc\nd\ne", 0),
                                         picture("x\ny", 3),
                                         picture("e\xCC\x81\n", 4),
                                         picture("", 0)};
  for (const Picture& before : pictures) {
    for (const Picture& after : pictures) {
      Screen fresh(size), used(size);
      Glass expected(size), seen(size);
      expected.write(fresh.show(after));
      seen.write(used.show(before));
      seen.write(used.show(after));
      INFO(before.text << " -> " << after.text);
      CHECK(without_empty_end(seen.rows()) == without_empty_end(expected.rows()));
      CHECK(seen.cursor() == expected.cursor());
    }
  }
}

TEST_CASE("a full row puts the cursor at the beginning of the next") {
  const WindowSize size{5, 6};
  Screen screen(size);
  Glass glass(size);
  glass.write(screen.show(picture("abcd", 4)));
  CHECK(glass.rows() == Rows{"> abcd", ""});
  CHECK(glass.cursor() == std::pair(1, 0));
}

TEST_CASE("a wide character that has no room goes to the next row") {
  const Layout layout = lay_out(picture("abc你", 6), 6);
  CHECK(layout.rows == std::vector<Row>{{"> abc", 5}, {"你", 2}});
}

TEST_CASE(
    "of a text higher than the window the part around the cursor is shown, at the end all of it") {
  const WindowSize size{3, 20};
  Screen screen(size);
  Glass glass(size);
  glass.write(screen.show(picture("1\n2\n3\n4\n5", 9)));
  CHECK(glass.rows() == Rows{". 3", ". 4", ". 5"});
  glass.write(screen.show(picture("1\n2\n3\n4\n5", 0)));
  CHECK(glass.rows() == Rows{"> 1", ". 2", ". 3"});
  glass.write(screen.show(picture("1\n2\n3\n4\n5", 4)));
  CHECK(glass.rows() == Rows{"> 1", ". 2", ". 3"});
  glass.write(screen.leave(picture("1\n2\n3\n4\n5", 4)));
  CHECK(glass.rows() == Rows{"> 1", ". 2", ". 3", ". 4", ". 5", ""});
}

TEST_CASE("rows below the text are cut at the window's edge and go with the next picture") {
  const WindowSize size{5, 8};
  Screen screen(size);
  Glass glass(size);
  Picture with = picture("a", 1);
  with.below = {{"one  two  three"}};
  glass.write(screen.show(with));
  CHECK(glass.rows() == Rows{"> a", "one  two"});
  CHECK(glass.cursor() == std::pair(0, 3));
  glass.write(screen.show(picture("ab", 2)));
  CHECK(without_empty_end(glass.rows()) == Rows{"> ab"});
}

TEST_CASE("clear leaves the place as it was found") {
  const WindowSize size{5, 20};
  Screen screen(size);
  Glass glass(size);
  glass.write("before\r\n");
  glass.write(screen.show(picture("a\nb", 3)));
  glass.write(screen.clear());
  CHECK(glass.rows() == Rows{"before", ""});
  CHECK(glass.cursor() == std::pair(1, 0));
}

TEST_CASE("a prompt's colours take no columns") {
  Picture coloured = picture("x", 1);
  coloured.style = "\x1b[1m";
  const Layout layout = lay_out(coloured, 80);
  CHECK(layout.rows == std::vector<Row>{{"\x1b[1m> \x1b[0mx", 3}});
  CHECK(layout.cursor_column == 3);
}

TEST_CASE("each row begins and ends without a style, wherever a stretch begins and ends") {
  Picture painted = picture("ab\ncdefg", 8);
  painted.paints = {{1, 5, "\x1b[35m"}, {6, 7, "\x1b[32m"}};
  CHECK(lay_out(painted, 6).rows == std::vector<Row>{{"> a\x1b[35mb\x1b[0m", 4},
                                                     {". \x1b[35mcd\x1b[0me\x1b[32mf\x1b[0m", 6},
                                                     {"g", 1}});
  painted.paints = {{3, 8, "\x1b[32m"}};
  CHECK(lay_out(painted, 6).rows ==
        std::vector<Row>{{"> ab", 4}, {". \x1b[32mcdef\x1b[0m", 6}, {"\x1b[32mg\x1b[0m", 1}});
}

TEST_CASE("a line below has colours of its own") {
  Picture with = picture("a", 1);
  with.below = {{"one two", {{4, 7, "\x1b[7m"}}}};
  CHECK(lay_out(with, 6).rows.back() == Row{"one \x1b[7mtw\x1b[0m", 6});
}

TEST_CASE("control characters are shown, not obeyed") {
  CHECK(lay_out(picture("\x1b[J", 3), 80).rows == std::vector<Row>{{"> ^[[J", 6}});
}
