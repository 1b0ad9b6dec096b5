// SPDX-License-Identifier: Apache-2.0
// Whose a process is can change: a tree is disowned, somebody else's process is adopted.
#include "left_behind.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

using namespace quern;
using namespace quern::test;

TEST_CASE("a disowned tree lives on and is nobody's") {
  World world;
  auto child = world.start(shell("exec sleep 600"));
  const pid_t pid = child->pid();
  child->disown();
  CHECK(child->members().empty());
  CHECK_FALSE(child->signal(SIGTERM));
  world.run(child->stop(0ms));
  child.reset();
  CHECK(lives(pid));
  CHECK_FALSE(world.reaper.owns(pid));
  CHECK(world.run(world.reaper.end_all()));
}

TEST_CASE("an adopted process is a child like any other, and no more of the tree it came from") {
  World world;
  Program program(world, shell("(setsid sh -c 'echo $$; exec sleep 600' &); exec sleep 600"));
  program.until_it_says("\n");
  const pid_t pid = std::atoi(program.output.c_str());
  world.step_until([&] { return read_stat(pid)->parent == ::getpid(); });
  CHECK(program.child->members().size() == 2);
  auto adopted = world.launcher.adopt(pid);
  REQUIRE(adopted.has_value());
  CHECK(program.child->members() == std::vector<pid_t>{program.child->pid()});
  world.run(program.child->stop(0ms));
  CHECK((*adopted)->members() == std::vector<pid_t>{pid});
  CHECK_FALSE((*adopted)->ended());
  CHECK(world.launcher.adopt(pid).error().what.find("it has an owner") != std::string::npos);
  CHECK((*adopted)->signal(SIGTERM));
  CHECK(without_usage(world.run((*adopted)->wait())) == ended_by(SIGTERM));
}

TEST_CASE("an adopted process's orphans are known by the marker it was given") {
  World world;
  Program program(world, shell("(_RUN_TREE=mine setsid sh -c '(setsid sleep 600 </dev/null "
                               ">/dev/null 2>&1 &) ; echo $$; exec sleep 600' &); exec sleep 600"));
  program.until_it_says("\n");
  const pid_t pid = std::atoi(program.output.c_str());
  world.step_until([&] { return read_stat(pid)->parent == ::getpid(); });
  auto adopted = world.launcher.adopt(pid, "mine");
  REQUIRE(adopted.has_value());
  // Before it has come so far it still holds the pipe of the tree it came from.
  world.step_until([&] {
    const std::vector<pid_t> members = (*adopted)->members();
    return members.size() == 2 && sheds_all(members.back());
  });
  CHECK(program.child->members().size() == 1);
  world.run((*adopted)->stop(0ms));
}

TEST_CASE("what is not our child is not adopted") {
  World world;
  CHECK(world.launcher.adopt(1).error().step == "adopt");
  CHECK(world.launcher.adopt(::getpid()).error().number == ECHILD);
}
