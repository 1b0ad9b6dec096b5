// SPDX-License-Identifier: Apache-2.0
#include "last_line.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace quern;

namespace {

std::string after(std::initializer_list<std::string> pieces) {
  LastLine line;
  for (const std::string& piece : pieces) line.add(piece);
  return line.text();
}

}  // namespace

TEST_CASE("what stands before the cursor is what was written behind the last line's end") {
  CHECK(after({}).empty());
  CHECK(after({"name? "}) == "name? ");
  CHECK(after({"na", "me", "? "}) == "name? ");
  CHECK(after({"one\ntwo\nname? "}) == "name? ");
  CHECK(after({"one", "\n", "name? "}) == "name? ");
  CHECK(after({"name? ", "\n"}).empty());
  CHECK(after({"10%\r100%\rname? "}) == "name? ");
}

TEST_CASE("of a line without end its last part stands there, in whole characters") {
  const std::string most(LastLine::most, 'x');
  CHECK(after({most}) == most);
  CHECK(after({"first" + most}) == most);
  CHECK(after({"first", most}) == most);
  CHECK(after({most, "? "}) == most.substr(2) + "? ");
  CHECK(after({"\u20ac", most.substr(1)}) == most.substr(1));
}

TEST_CASE("an answer ends the line") {
  LastLine line;
  line.add("name? ");
  line.clear();
  CHECK(line.text().empty());
  line.add("age? ");
  CHECK(line.text() == "age? ");
}
