// SPDX-License-Identifier: Apache-2.0
// What a whole tree uses, and what it used before some of it went.
#include "left_behind.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

using namespace quern;
using namespace quern::test;

TEST_CASE("the usage of a tree is that of all its processes") {
  World world;
  Program program(world, shell("sleep 600 & sleep 600 & echo ready; while :; do :; done"));
  program.until_it_says("ready");
  world.step_until(
      [&] { return program.child->usage().cpu > 30ms && program.child->usage().processes == 3; });
  CHECK(program.child->usage().memory > 1'000'000);
  CHECK(program.child->usage().memory < 100'000'000);
  world.run(program.child->stop(0ms));
  const TreeUsage after = program.child->usage();
  CHECK(after.memory == 0);
  CHECK(after.processes == 0);
  CHECK(after.cpu > 20ms);  // what the two others had used went with them
}

TEST_CASE("the usage of a tree is that of its orphans too, and whom it counted once it knows") {
  World world;
  Program program(
      world,
      leaves("setsid sh -c 'env -i /usr/bin/setsid sleep 600 </dev/null >/dev/null 2>&1 & wait'"));
  program.until_it_says("ready");
  pid_t middle = 0;
  pid_t last = 0;
  world.step_until([&] {
    for (const ProcessStat& process : read_process_table().processes)
      if (process.parent == ::getpid() && process.pid != program.child->pid()) middle = process.pid;
    for (const ProcessStat& process : read_process_table().processes)
      if (process.parent == middle) last = process.pid;
    return last != 0 && sheds_all(last);
  });
  CHECK(program.child->usage().processes == 3);
  ::kill(middle, SIGKILL);
  world.step_until([&] { return read_stat(last)->parent == ::getpid() && !lives(middle); });
  CHECK(program.child->usage().processes == 2);
  world.run(program.child->stop(0ms));
  CHECK_FALSE(lives(last));
}

TEST_CASE("near a bound of memory, pages that forked processes share are counted once") {
  World world;
  Program program(world, shell("exec perl -e '$| = 1; $x = \"a\" x (64 << 20); for (1..3) { last "
                               "unless fork } print \"up\\n\"; sleep 600'"));
  const auto all_up = [&] {
    return std::count(program.output.begin(), program.output.end(), '\n') == 4;
  };
  world.step_until(all_up);
  const std::uint64_t added_up = program.child->usage().memory;
  const std::uint64_t counted_once = program.child->usage(100 << 20).memory;
  CHECK(added_up > 250 << 20);
  CHECK(counted_once > 60 << 20);
  CHECK(counted_once < 150 << 20);
}
