// SPDX-License-Identifier: Apache-2.0
#include "glob.hpp"

#include "nearest.hpp"

#include <catch2/catch.hpp>

using namespace quern;

TEST_CASE("a pattern matches the names it means and no others") {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  for (const Row& row : {
           Row{"main.c", "main.c", true},
           {"main.c", "Main.c", false},
           {"main.c", "src/main.c", false},
           {"*.c", "a.c", true},
           {"*.c", ".c", false},
           {"*.c", "a.cc", false},
           {"*.c", "src/a.c", false},
           {"*", ".hidden", false},
           {".*", ".hidden", true},
           {"?.c", "a.c", true},
           {"?.c", "ab.c", false},
           {"src/*.c", "src/a.c", true},
           {"src/*.c", "src/x/a.c", false},
           {"**/*.c", "a.c", true},
           {"**/*.c", "x/y/a.c", true},
           {"**/*.c", ".git/a.c", false},
           {"src/**/a.c", "src/a.c", true},
           {"src/**/a.c", "src/x/a.c", true},
           {"src/**/a.c", "a.c", false},
           {"src", "src/", false},
           {"src/", "src/", true},
           {"*", "src/", false},
           {"*/", "src/", true},
           {"src/*", "src/", false},
           {"**", "src/", false},
           {"**", "src/a", true},
           {"*a*b*", "xxaxxbxx", true},
           {"*a*b", "ab", true},
           {"*a*b", "ba", false},
           {"", "a", false},
       }) {
    INFO(row.pattern << " against " << row.path);
    CHECK(glob_matches(row.pattern, row.path) == row.matches);
  }
}

TEST_CASE("a hostile pattern ends soon") {
  std::string pattern, path(200, 'a');
  for (int i = 0; i < 60; ++i) pattern += "*a";
  CHECK(!glob_matches(pattern + "b", path));
  std::string folders;
  for (int i = 0; i < 200; ++i) folders += "a/";
  std::string stars;
  for (int i = 0; i < 60; ++i) stars += "**/a/";
  CHECK(!glob_matches(stars + "b", folders + "c"));
}

TEST_CASE("a glob gives its matches sorted, each once") {
  CHECK(glob("*.c", {"b.c", "a.c", "B.c", "a.h", "b.c"}) ==
        std::vector<std::string>{"B.c", "a.c", "b.c"});
  CHECK(glob("*.rs", {"b.c"}).empty());
}

TEST_CASE("the nearest word is found for a misspelling and none for another word") {
  const std::vector<std::string> known = {"python", "bash", "c", "cpp"};
  CHECK(nearest("pyhton", known) == "python");
  CHECK(nearest("bsh", known) == "bash");
  CHECK(nearest("haskell", known).empty());
  CHECK(nearest("x", known).empty());
  CHECK(nearest("", known).empty());
}
