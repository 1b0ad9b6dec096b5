// SPDX-License-Identifier: Apache-2.0
#include "core_world.hpp"

using namespace quern;

namespace asio = boost::asio;

namespace {

// Does what it is given on the loop, as everything in the daemon is done.
template <class What>
void on_loop(Loop& loop, What what) {
  bool done = false;
  asio::post(loop.io, [&] {
    what();
    done = true;
  });
  REQUIRE(loop.until([&] { return done; }));
}

asio::awaitable<void> wait_for_ever(Notifier& notifier, int& ended) {
  struct Count {
    int& ended;
    ~Count() { ++ended; }
  } count{ended};
  for (;;) co_await notifier.wait();
}

asio::awaitable<void> fail_when(Notifier& notifier) {
  co_await notifier.wait();
  throw std::runtime_error("on purpose");
}

asio::awaitable<void> set(bool& flag) {
  flag = true;
  co_return;
}

std::string joined(Loop& loop, TaskGroup& group) {
  std::optional<std::string> result;
  asio::co_spawn(loop.io, group.join(), [&](std::exception_ptr failed) {
    result = "";
    try {
      if (failed) std::rethrow_exception(failed);
    } catch (const std::exception& error) {
      result = error.what();
    }
  });
  REQUIRE(loop.until([&] { return result.has_value(); }));
  return *result;
}

}  // namespace

TEST_CASE("a task begins at once, before its spawner goes on") {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  bool ran = false;
  bool ran_inside = false;
  on_loop(loop, [&] {
    group.spawn(set(ran));
    ran_inside = ran;
  });
  CHECK(ran_inside);
  CHECK(joined(loop, group) == "");
  CHECK(ran);
}

TEST_CASE("all tasks end when the group is cancelled, and join waits for them") {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  Notifier never(loop.io.get_executor());
  int ended = 0;
  on_loop(loop, [&] {
    for (int i = 0; i < 3; ++i) group.spawn(wait_for_ever(never, ended));
  });
  loop.turn();
  CHECK(ended == 0);
  CHECK_FALSE(group.empty());
  on_loop(loop, [&] { group.cancel(); });
  CHECK(joined(loop, group) == "");
  CHECK(ended == 3);
  CHECK(group.empty());
}

TEST_CASE("a task that fails cancels its siblings, and join tells why") {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  Notifier never(loop.io.get_executor());
  Notifier go(loop.io.get_executor());
  int ended = 0;
  on_loop(loop, [&] {
    group.spawn(wait_for_ever(never, ended));
    group.spawn(fail_when(go));
    group.spawn(wait_for_ever(never, ended));
  });
  loop.turn();
  on_loop(loop, [&] { go.notify(); });
  CHECK(joined(loop, group) == "on purpose");
  CHECK(ended == 2);
  CHECK(joined(loop, group) == "");  // told once
}

TEST_CASE("with_tasks ends its tasks when its body ends, fails or is cancelled") {
  Loop loop;
  Notifier never(loop.io.get_executor());
  TaskGroup outer(loop.io.get_executor());
  int ended = 0;
  auto quick = [&](TaskGroup& group) -> asio::awaitable<void> {
    group.spawn(wait_for_ever(never, ended));
    co_return;
  };
  auto failing = [&](TaskGroup& group) -> asio::awaitable<void> {
    group.spawn(wait_for_ever(never, ended));
    co_await asio::post(asio::use_awaitable);
    throw std::runtime_error("on purpose");
  };
  auto endless = [&](TaskGroup& group) -> asio::awaitable<void> {
    group.spawn(wait_for_ever(never, ended));
    for (;;) co_await never.wait();
  };
  on_loop(loop, [&] { outer.spawn(with_tasks(loop.io.get_executor(), quick)); });
  CHECK(joined(loop, outer) == "");
  CHECK(ended == 1);
  on_loop(loop, [&] { outer.spawn(with_tasks(loop.io.get_executor(), failing)); });
  CHECK(joined(loop, outer) == "on purpose");
  CHECK(ended == 2);
  on_loop(loop, [&] { outer.spawn(with_tasks(loop.io.get_executor(), endless)); });
  loop.turn();
  on_loop(loop, [&] { outer.cancel(); });
  CHECK(joined(loop, outer) == "");
  CHECK(ended == 3);
}

TEST_CASE("a notification wakes all who wait, and is not kept for those who come later") {
  Loop loop;
  TaskGroup group(loop.io.get_executor());
  Notifier notifier(loop.io.get_executor());
  int woken = 0;
  auto wait_once = [&]() -> asio::awaitable<void> {
    co_await notifier.wait();
    ++woken;
  };
  on_loop(loop, [&] {
    group.spawn(wait_once());
    group.spawn(wait_once());
  });
  loop.turn();
  on_loop(loop, [&] { notifier.notify(); });
  loop.turn();
  CHECK(woken == 2);
  on_loop(loop, [&] { group.spawn(wait_once()); });
  loop.turn();
  CHECK(woken == 2);
  on_loop(loop, [&] { notifier.notify(); });
  CHECK(joined(loop, group) == "");
  CHECK(woken == 3);
}
