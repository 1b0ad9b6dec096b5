// SPDX-License-Identifier: Apache-2.0
#include "lasting.hpp"

#include "core_world.hpp"

#include <functional>

using namespace quern;

namespace {

struct Some final : Lasting::One {
  void lasts() override {
    ++told;
    if (then) then();
  }
  int told = 0;
  std::function<void()> then;
};

struct Ground : CoreWorld {
  ~Ground() { end_tasks(); }
  Lasting lasting{io.get_executor()};
};

}  // namespace

TEST_CASE("who lasts is told once, and who has gone before is not") {
  Ground ground;
  Some one;
  Some two;
  Some gone;
  for (Some* each : {&one, &gone, &two}) ground.lasting.add(*each);
  ground.lasting.remove(gone);
  CHECK(one.told == 0);
  REQUIRE(ground.until([&] { return one.told > 0 && two.told > 0; }));
  Some later;
  ground.lasting.add(later);
  REQUIRE(ground.until([&] { return later.told > 0; }));
  CHECK(one.told + two.told + later.told == 3);
  CHECK(gone.told == 0);
  ground.lasting.remove(one);
}

TEST_CASE("who is told may take out others and bring new ones") {
  Ground ground;
  Some one;
  Some other;
  Some fresh;
  one.then = [&] {
    ground.lasting.remove(other);
    ground.lasting.add(fresh);
  };
  ground.lasting.add(one);
  ground.lasting.add(other);
  REQUIRE(ground.until([&] { return fresh.told == 1; }));
  CHECK(one.told == 1);
  CHECK(other.told == 0);
}

TEST_CASE("it may go while somebody is in it") {
  CoreWorld world;
  Some one;
  {
    Lasting lasting(world.io.get_executor());
    lasting.add(one);
  }
  world.turn();
  CHECK(one.told == 0);
  world.end_tasks();
}
