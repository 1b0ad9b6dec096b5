// SPDX-License-Identifier: Apache-2.0
// Whoever a program leaves behind is found and ended; nobody else is.
#include "ending.hpp"
#include "world.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

using namespace quern;
using namespace quern::test;

namespace {

constexpr const char* silent = " </dev/null >/dev/null 2>&1";

// Says "ready", then waits for ever.
Command leaves(const std::string& left) {
  return shell("(" + left + " &); echo ready; exec sleep 600");
}

bool lives(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat && !stat->dead();
}

// It leads a session of its own and has come to its last program, which has no environment.
bool sheds_all(pid_t pid) {
  const auto stat = read_stat(pid);
  std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  return std::getline(comm, name) && name == "sleep" && stat && stat->session == pid;
}

// The pids of our children that live, as soon as there are so many.
std::vector<pid_t> children_that_live(World& world, std::size_t count) {
  std::vector<pid_t> found;
  world.step_until([&] {
    found.clear();
    for (const ProcessStat& process : read_process_table().processes)
      if (process.parent == ::getpid() && !process.dead()) found.push_back(process.pid);
    return found.size() >= count;
  });
  return found;
}

}  // namespace

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

TEST_CASE("who leaves his group between the look and the signal is ended all the same") {
  World world;
  Program program(world, shell("trap '' TERM; echo ready; while :; do sleep 600; done"));
  program.until_it_says("ready");
  ProcessStat as_it_was = *read_stat(program.child->pid());
  REQUIRE(as_it_was.group == as_it_was.pid);
  as_it_was.group = 2'000'000'000;  // there is none
  const auto killed = kill_all([&] { return std::vector<ProcessStat>{as_it_was}; });
  CHECK(killed.size() == 1);
  CHECK(without_usage(world.run(program.child->wait())) == ended_by(SIGKILL));
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

TEST_CASE("a signal reaches every process group of the tree, and each process once") {
  World world;
  // In perl: a shell's background jobs are born deaf to INT.
  Program program(
      world,
      shell("exec perl -e 'use POSIX; $| = 1; $SIG{INT} = sub { print \"root\\n\"; $n = 1 };"
            "for $i (1..3) { next if fork; $i == 1 ? setpgrp(0, 0) : POSIX::setsid();"
            "  $SIG{INT} = sub { print \"other\\n\"; exit }; print \"up\\n\"; sleep 1 while 1 }"
            "sleep 1 until $n; 1 while wait > 0'"));
  const auto said = [&](const std::string& word) {
    std::size_t count = 0;
    for (std::size_t at = program.output.find(word); at != std::string::npos;
         at = program.output.find(word, at + 1))
      ++count;
    return count;
  };
  world.step_until([&] { return said("up") == 3; });
  CHECK(program.child->signal(SIGINT));
  world.step_until([&] { return program.child->ended(); });
  world.run(program.child->stop(0ms));
  program.until_eof();
  CHECK(said("root") == 1);
  CHECK(said("other") == 3);
}

TEST_CASE(
    "who was between his fork and his exec when an interrupt came hears it again, nobody else") {
  World world;
  Program program(world, shell("exec perl -e '$| = 1; $SIG{INT} = sub { print \"parent\\n\" }; "
                               "$SIG{USR1} = \"IGNORE\"; unless ($pid = fork) { $SIG{INT} = sub { "
                               "print \"child\\n\" }; $SIG{USR1} = sub { exec \"sleep\", 600 }; "
                               "print \"ready\\n\"; sleep 600 while 1 } 1 while waitpid($pid, 0) "
                               "!= $pid; print \"ended by $?\\n\"; sleep 600 while 1'"));
  program.until_it_says("ready");
  program.child->signal(SIGINT);
  program.until_it_says("parent");
  program.until_it_says("child");
  program.child->signal_again(SIGINT);
  program.child->signal(SIGUSR1);
  const auto has_executed = [&] {
    for (const pid_t pid : program.child->members())
      if (image_of(pid).find("sleep") != std::string::npos && pid != program.child->pid())
        return true;
    return false;
  };
  world.step_until(has_executed);
  CHECK(program.output.find("ended") == std::string::npos);
  program.child->signal_again(SIGINT);
  program.until_it_says("ended by 2");
  program.child->signal_again(SIGINT);
  CHECK(std::count(program.output.begin(), program.output.end(), 'p') == 1);  // "parent", once
  world.run(program.child->stop(0ms));
}

TEST_CASE("a stop gives the grace to end well") {
  World world;
  Program program(world, shell("exec 2>/dev/null; trap 'echo bye; exit 4' TERM; echo ready; while "
                               ":; do sleep 0.01; done"));
  program.until_it_says("ready");
  world.run(program.child->stop(20s));
  CHECK(without_usage(world.run(program.child->wait())) == exit_code(4));
  program.until_eof();
  CHECK(program.output == "ready\nbye\n");
}

TEST_CASE("a stop waits for the whole tree's good end, not the root's alone") {
  World world;
  Program program(world, shell("exec 2>/dev/null; (trap 'sleep 0.2; echo late; exit' TERM; echo "
                               "ready; while :; do sleep 0.01; done) & wait"));
  program.until_it_says("ready");
  world.run(program.child->stop(20s));
  program.until_eof();
  CHECK(program.output == "ready\nlate\n");
}

TEST_CASE("a stop kills who ignores TERM, and wakes who is stopped") {
  World world;
  Program deaf(world, shell("trap '' TERM; echo ready; while :; do sleep 600; done"));
  deaf.until_it_says("ready");
  world.run(deaf.child->stop(100ms));
  CHECK(without_usage(world.run(deaf.child->wait())) == ended_by(SIGKILL));

  Program stopped(world, shell("trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done"));
  stopped.until_it_says("ready");
  stopped.child->signal(SIGSTOP);
  world.run(stopped.child->stop(20s));
  CHECK(without_usage(world.run(stopped.child->wait())) == exit_code(5));
}

TEST_CASE("a stop whose caller is cancelled, before or meanwhile, still runs to its end") {
  using namespace boost::asio::experimental::awaitable_operators;
  World world;
  Program program(world, shell("trap '' TERM; echo ready; while :; do sleep 600; done"));
  program.until_it_says("ready");
  bool over = false;
  const auto stopping = [&]() -> awaitable<void> {
    co_await program.child->stop(300ms);
    over = program.child->ended();
  };
  const auto cancelled = [&]() -> awaitable<void> {
    boost::asio::steady_timer soon(world.io, 50ms);
    co_await (stopping() || soon.async_wait(boost::asio::use_awaitable));
  };
  const auto begin = std::chrono::steady_clock::now();
  world.run(cancelled());
  CHECK(over);
  CHECK(program.child->members().empty());
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);

  // Here the cancellation has come before stop() is called, as in a handler of operation_aborted.
  Program second(world, shell("trap '' TERM; echo ready; while :; do sleep 600; done"));
  second.until_it_says("ready");
  const auto clean_up = [&]() -> awaitable<void> {
    boost::asio::steady_timer never(world.io, std::chrono::steady_clock::time_point::max());
    bool aborted = false;
    try {
      co_await never.async_wait(boost::asio::use_awaitable);
    } catch (const boost::system::system_error&) {
      aborted = true;
    }
    // Without this no co_await would do anything but throw again: nobody's promise reaches that
    // far.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    if (aborted) co_await second.child->stop(200ms);
  };
  const auto with_clean_up = [&]() -> awaitable<void> {
    boost::asio::steady_timer soon(world.io, 10ms);
    co_await (clean_up() || soon.async_wait(boost::asio::use_awaitable));
  };
  const auto start = std::chrono::steady_clock::now();
  world.run(with_clean_up());
  CHECK(second.child->ended());
  CHECK(std::chrono::steady_clock::now() - start >= 200ms);
}

TEST_CASE("a burst of 200 forks, each by the one before, is ended by a stop in its midst") {
  World world;
  Program program(world, shell("r() { if [ $1 -gt 0 ]; then r $(($1 - 1)) & fi; [ $1 = 150 ] && "
                               "echo midst; sleep 600; }; r 200"));
  program.until_it_says("midst");
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
  program.until_eof();
  world.reaper.collect();
  CHECK(children() == 0);
}

TEST_CASE("processes that fork, leave their session and end at once are caught too") {
  World world;
  Program program(world, shell("r() { [ $1 = 280 ] && echo midst; if [ $1 -gt 0 ]; then setsid sh "
                               "-c \"$2\" \"$(($1 - 1))\" & fi; }; "
                               "export S='n=$0; [ $n = 270 ] && echo midst; if [ $n -gt 0 ]; then "
                               "setsid sh -c \"$S\" $((n - 1)) & fi'; "
                               "setsid sh -c \"$S\" 300 & wait"));
  program.until_it_says("midst");
  world.run(program.child->stop(0ms));
  CHECK(program.child->members().empty());
  program.until_eof();
  world.reaper.collect();
  CHECK(children() == 0);
}

TEST_CASE("destroying a child ends its whole tree") {
  World world;
  {
    Program program(world, leaves("setsid sleep 600"));
  }
  CHECK(children() == 0);
}

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
  world.step_until([&] { return (*adopted)->members().size() == 2; });
  CHECK(program.child->members().size() == 1);
  world.run((*adopted)->stop(0ms));
}

TEST_CASE("what is not our child is not adopted") {
  World world;
  CHECK(world.launcher.adopt(1).error().step == "adopt");
  CHECK(world.launcher.adopt(::getpid()).error().number == ECHILD);
}

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
