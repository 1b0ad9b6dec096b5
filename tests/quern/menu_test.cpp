// SPDX-License-Identifier: Apache-2.0
#include "menu.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

std::vector<std::string> texts(const Menu& menu) {
  std::vector<std::string> rows;
  for (const PaintedLine& line : menu.rows(Palette{})) rows.push_back(line.text);
  return rows;
}

Menu menu_of(std::vector<Choice> choices, int width, std::size_t most) {
  Menu menu;
  menu.open(0, "x", std::move(choices));
  menu.fit(width, most);
  return menu;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("choices go down first, with their kinds where there is room") {
  const std::vector<Choice> choices = {{"abs", "function"}, {"and", "keyword"}, {"as", ""}};
  CHECK(texts(menu_of(choices, 30, 5)) == Rows{"abs function  as", "and keyword"});
  CHECK(texts(menu_of(choices, 10, 5)) == Rows{"abs  as", "and"});
  CHECK(texts(menu_of(choices, 3, 5)) == Rows{"abs", "and", "as"});
}

TEST_CASE("a walk goes round, and back to what stood there") {
  Menu menu = menu_of({{"a", ""}, {"b", ""}, {"c", ""}}, 3, 5);
  CHECK_FALSE(menu.walks());
  CHECK(menu.wanted() == "x");
  menu.next(1);
  CHECK(menu.wanted() == "a");
  menu.next(-1);
  CHECK(menu.wanted() == "c");
  menu.next(1);
  CHECK(menu.wanted() == "a");
  menu.none();
  CHECK(menu.wanted() == "x");
  menu.next(-1);
  CHECK(menu.wanted() == "c");
}

TEST_CASE("right and left go by columns, and stop at the edges") {
  Menu menu = menu_of({{"a", ""}, {"b", ""}, {"c", ""}}, 6, 5);  // a c / b
  menu.next(1);
  menu.aside(1);
  CHECK(menu.wanted() == "c");
  menu.aside(1);
  CHECK(menu.wanted() == "c");
  menu.aside(-1);
  CHECK(menu.wanted() == "a");
}

TEST_CASE("what is chosen is always seen, and the rest is counted") {
  Menu menu = menu_of({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}, {"e", ""}}, 1, 3);
  CHECK(texts(menu) == Rows{"a", "b", "… and 3 more"});
  for (int i = 0; i < 4; ++i) menu.next(1);
  CHECK(texts(menu) == Rows{"c", "d", "… and 3 more"});
  CHECK(menu.rows(Palette{})[1].paints == std::vector<Tint>{{0, 1, Palette{}.chosen}});
}
