// SPDX-License-Identifier: Apache-2.0
// What things cost. Not run by default: process_test "[cost]".
#include "input_pipe.hpp"
#include "proc_wait_source.hpp"
#include "world.hpp"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

using namespace quern;
using namespace quern::test;

namespace {

using Clock = std::chrono::steady_clock;

// The median of many, in microseconds: the machine has other things to do at times.
double median_of(int times, const std::function<void()>& work) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const auto begin = Clock::now();
    work();
    took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(took.begin(), took.end());
  return took[took.size() / 2];
}

void spawn_true() {
  char name[] = "/bin/true";
  char* const argv[] = {name, nullptr};
  pid_t pid = 0;
  if (::posix_spawn(&pid, name, nullptr, nullptr, argv, argv + 1) != 0) FAIL("posix_spawn");
  ::waitpid(pid, nullptr, 0);
}

}  // namespace

TEST_CASE("what a launch costs beside posix_spawn", "[.][cost]") {
  World world;
  Command command = shell("");
  command.argv = {"/bin/true"};
  const auto launch = [&] { world.run(world.start(command)->wait()); };
  for (int round = 0; round < 3; ++round) {
    const double ours = median_of(500, launch);
    const double plain = median_of(500, spawn_true);
    std::printf("launch and wait %.0f us, posix_spawn and waitpid %.0f us, ratio %.2f\n", ours,
                plain, ours / plain);
  }
}

TEST_CASE("what a look at a tree costs", "[.][cost]") {
  World world;
  Program program(world, shell("sleep 600 & sleep 600 & echo ready; wait"));
  program.until_it_says("ready");
  const std::size_t processes = read_process_table().processes.size();
  std::printf("with %zu processes on the machine: table %.0f us", processes,
              median_of(300, [] { read_process_table(); }));
  std::printf(", members of 3 %.0f us", median_of(300, [&] { (void)program.child->members(); }));
  std::printf(", usage of 3 %.0f us", median_of(300, [&] { (void)program.child->usage(); }));
  std::printf(", usage of 3 near a bound %.0f us",
              median_of(300, [&] { (void)program.child->usage(0); }));
  auto ended = world.start(shell("exit"));
  world.run(ended->wait());
  std::printf(", members of none %.1f us\n", median_of(300, [&] { (void)ended->members(); }));
}

TEST_CASE("what a look for who waits for stdin costs", "[.][cost]") {
  const ProcWaitSource source;
  const auto cost = [&](const char* what, Command command) {
    World world;
    InputPipe input(world.io.get_executor());
    command.descriptors.push_back({0, input.read_end()});
    Program program(world, std::move(command));
    program.until_it_says("ready");
    struct stat info{};
    ::fstat(input.read_end(), &info);
    const FileId pipe{info.st_dev, info.st_ino};
    std::size_t threads = 0;
    const double whole = median_of(300, [&] {
      threads = look_for_wait(source, program.child->members_at_a_glance(), pipe).seen;
    });
    const std::vector<pid_t> members = program.child->members_at_a_glance();
    const double rest = median_of(300, [&] { look_for_wait(source, members, pipe); });
    std::printf("%s, %zu threads: %.0f us, of which %.0f us without finding the processes\n", what,
                threads, whole, rest);
  };
  cost("a reader", shell("echo ready; exec cat"));
  cost("a sleeper", shell("echo ready; exec sleep 60"));
  cost("a shell and its child", shell("echo ready; sleep 60; true"));
  const auto python = [](std::string code) {
    Command command = shell("");
    command.argv = {"/usr/bin/env", "python3", "-c", std::move(code)};
    return command;
  };
  cost("an epoll", python("import asyncio\nl = asyncio.new_event_loop()\n"
                          "l.add_reader(0, print)\nprint('ready', flush=True)\nl.run_forever()"));
  cost("many threads", python("import threading, time\n"
                              "for i in range(30): threading.Thread(target=time.sleep, args=(60,), "
                              "daemon=True).start()\nprint('ready', flush=True)\ntime.sleep(60)"));
}
