// SPDX-License-Identifier: Apache-2.0
// A signal reaches a whole tree, and a stop leaves nothing of it.
#include "ending.hpp"
#include "left_behind.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <signal.h>

#include <algorithm>
#include <chrono>

using namespace quern;
using namespace quern::test;

namespace {

// How often the program has said it.
std::size_t times(const Program& program, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = program.output.find(word); at != std::string::npos;
       at = program.output.find(word, at + 1))
    ++count;
  return count;
}

}  // namespace

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

TEST_CASE("a signal reaches every process group of the tree, and each process once") {
  World world;
  // In perl: a shell's background jobs are born deaf to INT.
  Program program(
      world,
      shell("exec perl -e 'use POSIX; $| = 1; $SIG{INT} = sub { print \"root\\n\"; $n = 1 };"
            "for $i (1..3) { next if fork; $i == 1 ? setpgrp(0, 0) : POSIX::setsid();"
            "  $SIG{INT} = sub { print \"other\\n\"; exit }; print \"up\\n\"; sleep 1 while 1 }"
            "sleep 1 until $n; 1 while wait > 0'"));
  world.step_until([&] { return times(program, "up") == 3; });
  CHECK(program.child->signal(SIGINT));
  world.step_until([&] { return program.child->ended(); });
  world.run(program.child->stop(0ms));
  program.until_eof();
  CHECK(times(program, "root") == 1);
  CHECK(times(program, "other") == 3);
}

TEST_CASE(
    "who was between his fork and his exec when an interrupt came hears it again, nobody else") {
  World world;
  // Perl keeps a signal that comes just before a call until that call is over: all of these are
  // short.
  Program program(world, shell("exec perl -e '$| = 1; $SIG{INT} = sub { print \"parent\\n\" }; "
                               "$SIG{USR1} = \"IGNORE\"; "
                               "unless ($pid = fork) { $SIG{INT} = sub { print \"child\\n\" }; "
                               "  $SIG{USR1} = sub { exec \"sleep\", 600 }; "
                               "  print \"ready\\n\"; select undef, undef, undef, 0.01 while 1 } "
                               "select undef, undef, undef, 0.01 until waitpid($pid, 1) == $pid; "
                               "print \"ended by $?\\n\"; sleep 600 while 1'"));
  program.until_it_says("ready");
  program.child->signal(SIGINT);
  program.until_it_says("parent");
  program.until_it_says("child");
  CHECK_FALSE(program.child->signal_again(SIGINT));
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

TEST_CASE("a signal to the root is heard by nobody below it") {
  World world;
  Program program(world,
                  shell("trap 'echo root' USR1; (trap 'echo other' USR1; echo ready; while :; "
                        "do sleep 0.01; done) & while :; do sleep 0.01; done"));
  program.until_it_says("ready");
  program.child->signal_root(SIGUSR1);
  program.until_it_says("root");
  program.child->signal(SIGUSR1);
  program.until_it_says("other");
  CHECK(program.output.find("other") == program.output.rfind("other"));
  world.run(program.child->stop(0ms));
}

TEST_CASE("a root that is spared hears the other signal, unless it sleeps without a child") {
  World world;
  Program program(world,
                  shell("exec perl -e '$| = 1; $SIG{INT} = sub { print \"plain\\n\" }; "
                        "$SIG{USR2} = sub { print \"other\\n\"; $more = 1 }; print \"alone\\n\"; "
                        "sleep 600; unless ($pid = fork) { "
                        "  $SIG{INT} = sub { print \"child\\n\"; exit }; print \"two\\n\"; "
                        "  select undef, undef, undef, 0.01 while 1 } "
                        "sleep 600; waitpid $pid, 0; $more = 0; "
                        "print \"computes\\n\"; 1 until $more; $SIG{USR2} = \"DEFAULT\"; print "
                        "\"deaf\\n\"; 1 while 1'"));
  const auto sleeps = [&] { return read_stat(program.child->pid())->state == 'S'; };
  program.child->spare_root(SIGINT, SIGUSR2);
  program.until_it_says("alone");
  world.step_until(sleeps);
  program.child->signal(SIGINT);
  program.until_it_says("plain");

  program.until_it_says("two");
  world.step_until(sleeps);
  program.child->signal(SIGINT);
  program.until_it_says("other");
  program.until_it_says("child");

  program.until_it_says("computes");
  program.child->signal(SIGINT);
  program.until_it_says("deaf");
  CHECK(times(program, "plain") == 1);
  program.child->signal(SIGINT);
  world.step_until([&] { return times(program, "plain") == 2; });
  CHECK(times(program, "other") == 2);
  CHECK(times(program, "child") == 1);
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
  // Whose parent was ended a moment ago comes to us as a dead one when that is done.
  world.step_until([&] {
    world.reaper.collect();
    return children() == 0;
  });
}

TEST_CASE("destroying a child ends its whole tree") {
  World world;
  {
    Program program(world, leaves("setsid sleep 600"));
  }
  CHECK(children() == 0);
}
