// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <signal.h>

using namespace quern;
using namespace quern::test;

TEST_CASE("of 200 children at once, each leaving an orphan, every status arrives at its owner") {
  World world;
  std::vector<std::unique_ptr<Child>> all;
  std::size_t right = 0, waited = 0;
  for (int i = 0; i < 200; ++i) {
    all.push_back(world.start(
        shell("(sleep 0.0" + std::to_string(i % 10) + " &); exit " + std::to_string(i))));
    const auto wait = [](Child& child, int code, std::size_t& right_ones,
                         std::size_t& all_ones) -> awaitable<void> {
      const ExitStatus status = co_await child.wait();
      right_ones += status.code == code ? 1 : 0;
      ++all_ones;
    };
    boost::asio::co_spawn(world.io, wait(*all.back(), i, right, waited), [](std::exception_ptr) {});
  }
  world.step_until([&] { return waited == all.size(); });
  CHECK(right == all.size());
  world.step_until([] {
    return children() == 0;
  });  // the orphans end by themselves, and are reaped by nobody's wish
}

TEST_CASE("a dead root that nobody asks about does not hide dead orphans, nor lose its status") {
  World world;
  auto silent = world.start(shell("exit 9"));
  world.step_until([&] { return silent->ended(); });
  auto parent = world.start(shell("(sleep 0.01 &); exit 0"));
  CHECK(world.run(parent->wait()).success());
  world.step_until([] { return children() == 0; });
  CHECK(without_usage(world.run(silent->wait())) == exit_code(9));
}

TEST_CASE("two may wait for one child, and one may come when all is over") {
  World world;
  auto child = world.start(shell("exit 6"));
  int sixes = 0;
  const auto wait = [&]() -> awaitable<void> {
    const ExitStatus status = co_await child->wait();
    sixes += status.code == 6 ? 1 : 0;
  };
  boost::asio::co_spawn(world.io, wait(), [](std::exception_ptr) {});
  world.run(wait());
  world.step_until([&] { return sixes == 2; });
  world.run(wait());
  CHECK(sixes == 3);
  CHECK(child->ended());
}

TEST_CASE("the daemon's end takes everything below it, owned or not") {
  World world;
  auto child =
      world.start(shell("sleep 600 & (env -i /usr/bin/setsid sleep 600 </dev/null >/dev/null 2>&1 "
                        "&); exec sleep 600"));
  world.step_until([&] { return child->members().size() >= 2; });
  CHECK(world.run(world.reaper.end_all()));
  CHECK(without_usage(world.run(child->wait())) == ended_by(SIGKILL));
  child.reset();
  CHECK(children() == 0);
}
