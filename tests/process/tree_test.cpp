// SPDX-License-Identifier: Apache-2.0
// Whoever a program leaves behind is found; nobody else is.
#include "left_behind.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

using namespace quern;
using namespace quern::test;

TEST_CASE("sh -c 'sleep 600 & echo hi' leaves nothing after a stop") {
  World world;
  Program program(world, shell("sleep 600 & echo hi"));
  CHECK(without_usage(world.run(program.child->wait())) == exit_code(0));
  CHECK(program.child->members().size() == 1);
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
  CHECK_FALSE(program.child->signal(SIGTERM));
  CHECK(children() == 0);
}

TEST_CASE("an orphan in a new session is known by the pipe it holds") {
  World world;
  Program program(world, leaves("env -i /usr/bin/setsid sleep 600"));
  program.until_it_says("ready");
  world.step_until([&] { return program.child->members().size() == 2; });
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
}

TEST_CASE("an orphan in a new session without our pipe is known by its environment") {
  World world;
  Program program(world, leaves(std::string("setsid sleep 600") + silent));
  program.until_it_says("ready");
  world.step_until([&] { return program.child->members().size() == 2; });
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
}

TEST_CASE(
    "an orphan without our pipe and environment is known by its session, after the root's end "
    "too") {
  World world;
  Program program(world, shell(std::string("(env -i sleep 600") + silent + " &); echo ready"));
  CHECK(world.run(program.child->wait()).success());
  world.step_until([&] { return program.child->members().size() == 1; });
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
}

TEST_CASE("children of a proven orphan are of the tree, whatever they have shed") {
  World world;
  Program program(
      world,
      leaves("setsid sh -c 'env -i /usr/bin/setsid sleep 600 </dev/null >/dev/null 2>&1 & wait'"));
  program.until_it_says("ready");
  world.step_until([&] { return program.child->members().size() == 3; });
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
}

TEST_CASE(
    "who was seen in the tree once is of it, when its parent has gone and with it all proof") {
  World world;
  Program program(
      world,
      leaves("setsid sh -c 'env -i /usr/bin/setsid sleep 600 </dev/null >/dev/null 2>&1 & wait'"));
  program.until_it_says("ready");
  world.step_until([&] {
    const std::vector<pid_t> members = program.child->members();
    return members.size() == 3 && sheds_all(members.back());
  });
  const std::vector<pid_t> before = program.child->members();
  ::kill(before[1], SIGKILL);
  world.step_until([&] { return read_stat(before[2])->parent == ::getpid() && !lives(before[1]); });
  CHECK(program.child->members() == std::vector<pid_t>{before[0], before[2]});
  world.run(program.child->stop(0ms));
  CHECK_FALSE(lives(before[2]));
}

TEST_CASE("a process is of its tree at every look, however often it executes another program") {
  World world;
  Program program(world, leaves(std::string("setsid sh -c 'exec sh -c \"$0\" \"$0\"' 'exec sh -c "
                                            "\"$0\" \"$0\"'") +
                                silent));
  program.until_it_says("ready");
  world.step_until([&] { return program.child->members().size() == 2; });
  for (int look = 0; look < 300; ++look) REQUIRE(program.child->members().size() == 2);
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
}

TEST_CASE("what sheds every proof is ended with the daemon, and never with another's tree") {
  World world;
  std::vector<pid_t> left;
  {
    Program program(world, shell(std::string("(env -i /usr/bin/setsid sleep 600") + silent +
                                 " &); echo ready"));
    CHECK(world.run(program.child->wait()).success());
    left = children_that_live(world, 1);
    world.step_until([&] { return sheds_all(left.front()); });  // before anybody looks at the tree
    world.step_until([&] { return program.child->members().empty(); });
    world.run(program.child->stop(0ms));
  }
  CHECK(lives(left.front()));
  CHECK(world.run(world.reaper.end_all()));
  CHECK_FALSE(lives(left.front()));
}

TEST_CASE("two trees do not see each other's processes") {
  World world;
  Program one(world, leaves("setsid sleep 600"));
  Program other(world, leaves("setsid sleep 600"));
  one.until_it_says("ready");
  other.until_it_says("ready");
  world.step_until(
      [&] { return one.child->members().size() == 2 && other.child->members().size() == 2; });
  CHECK(one.child->members().front() == one.child->pid());
  const std::vector<pid_t> of_one = one.child->members();
  for (const pid_t pid : other.child->members())
    CHECK(std::find(of_one.begin(), of_one.end(), pid) == of_one.end());
  world.run(one.child->stop(0ms));
  CHECK(one.child->members().empty());
  CHECK(other.child->members().size() == 2);
}

TEST_CASE("a descriptor that the daemon itself was started with proves nothing") {
  World world;
  Command command = shell("exec sleep 600");
  const OutputPipe pipe = output_pipe();
  const UniqueFd before(::dup(2));
  ::dup2(pipe.write_end.get(), 2);
  command.descriptors.push_back({1, pipe.write_end.get()});
  command.descriptors.push_back({2, 2});
  auto one = world.start(command);
  Command left_behind = shell("(env -i /usr/bin/setsid sleep 600 &)");
  left_behind.descriptors = command.descriptors;
  auto other = world.start(left_behind);
  CHECK(world.run(other->wait()).success());
  ::dup2(before.get(), 2);
  children_that_live(world, 2);
  CHECK(one->members() == std::vector<pid_t>{one->pid()});
  other.reset();
  one.reset();
  world.run(world.reaper.end_all());
}
