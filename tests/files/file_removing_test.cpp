// SPDX-License-Identifier: Apache-2.0
#include "file_removing.hpp"
#include "file_moving.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace fs = std::filesystem;

namespace {

Result<bool> removed(Removal removal) {
  for (;;) {
    Result<bool> done = removal.step();
    if (!done || *done) return done;
  }
}

}  // namespace

TEST_CASE("a huge tree is removed in several steps") {
  Scratch dir;
  for (int i = 0; i < 30; ++i) {
    fs::create_directories(dir / ("tree/" + std::to_string(i)));
    for (int j = 0; j < 100; ++j)
      dir.write("tree/" + std::to_string(i) + "/" + std::to_string(j), "");
  }
  Removal removal({dir / "tree", true}, "/");
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    Result<bool> step = removal.step();
    REQUIRE(step.has_value());
    done = *step;
  }
  CHECK(steps > 3);
  CHECK_FALSE(fs::exists(dir / "tree"));
}

TEST_CASE("what is put into a directory while it is removed goes too") {
  Scratch dir;
  fs::create_directories(dir / "tree");
  for (int i = 0; i < 1500; ++i) dir.write("tree/" + std::to_string(i), "");
  Removal removal({dir / "tree", true}, "/");
  REQUIRE(removal.step().has_value());
  REQUIRE(removal.step().has_value());
  fs::create_directories(dir / "tree/late/comer");
  while (!removal.step().value()) {
  }
  CHECK_FALSE(fs::exists(dir / "tree"));
}

TEST_CASE("the work dir is safe from everything above it") {
  Scratch dir;
  fs::create_directories(dir / "a/work/inside");
  const std::string work = dir / "a/work";
  for (const std::string& path :
       {dir / "a", dir / "a/work", dir / "a/work/inside/../../../a", std::string("/")}) {
    CHECK(removed(Removal({path, true}, work)).error().code == ErrorCode::denied);
    CHECK(move_file({path, dir / "b"}, work).error().code == ErrorCode::denied);
  }
  CHECK(fs::exists(dir / "a/work/inside"));
  CHECK(removed(Removal({dir / "a/work/inside", false}, work)).has_value());
}

TEST_CASE("a directory that is full is only removed when that was said") {
  Scratch dir;
  fs::create_directories(dir / "a/b");
  Result<bool> refused = removed(Removal({dir / "a", false}, "/"));
  CHECK(refused.error() ==
        Error{ErrorCode::bad_request,
              "Cannot remove " + (dir / "a") +
                  ": the directory is not empty. Say `recursive` to remove all of it."});
}
