// SPDX-License-Identifier: Apache-2.0
#include "supervisor.hpp"

#include "core_world.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

using namespace quern;

namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;

// A program that a supervisor reaches: writes down what is done to it.
struct Program : CoreWorld {
  Program()
      : supervisor(tasks, {[this](int signal) { log += "signal " + std::to_string(signal) + "; "; },
                           [this](const std::string& cause) { log += "kill: " + cause + "; "; },
                           [this] { log += "insist; "; },
                           [this](std::uint64_t) {
                             if (at_look) at_look();
                             return usage;
                           },
                           nullptr,
                           [this] {
                             if (below > 0) log += "kill below; ";
                             return below-- > 0;
                           }}) {}
  ~Program() { end_tasks(); }

  // On the loop, as everything in the daemon.
  template <class What>
  void now(What what) {
    boost::asio::post(io, what);
    turn();
  }
  void end(EndReason reason, std::string cause, std::chrono::milliseconds grace,
           int first = SIGINT) {
    now([=, this] { supervisor.end({reason, cause, grace, first}); });
  }
  bool logged(const std::string& words) {
    return until([&] { return log.find(words) != std::string::npos; });
  }

  // Without what it does from 50 ms after the first signal on: a machine may take its time over a
  // test.
  std::string told() const {
    std::string rest = log;
    const std::string insisted = "insist; ";
    for (auto at = rest.find(insisted); at != std::string::npos; at = rest.find(insisted))
      rest.erase(at, insisted.size());
    return rest;
  }

  std::string log;
  TreeUsage usage;
  int below = 0;                  // how many times there is somebody
  std::function<void()> at_look;  // may change it
  Supervisor supervisor;
};

}  // namespace

TEST_CASE("who is to end is interrupted, then insisted on, then killed") {
  Program program;
  program.end(EndReason::interrupted, "why", minutes{9});
  CHECK(program.told() == "signal 2; ");
  REQUIRE(program.logged("insist"));
  program.end(EndReason::interrupted, "again", milliseconds{1});
  REQUIRE(program.logged("kill"));
  CHECK(program.told() == "signal 2; kill: why; ");
}

TEST_CASE("who would lose more than the run has a last moment when those below it are killed") {
  Program program;
  program.below = 2;
  program.end(EndReason::interrupted, "why", milliseconds{1});
  REQUIRE(program.logged("kill: "));
  CHECK(program.told() == "signal 2; kill below; kill below; kill: why; ");
  CHECK(program.logged("kill below; insist; "));

  Program alone;
  alone.below = 0;
  alone.end(EndReason::interrupted, "why", milliseconds{1});
  REQUIRE(alone.logged("kill: "));
  CHECK(alone.told() == "signal 2; kill: why; ");

  Program hurried;
  hurried.below = 1;
  hurried.end(EndReason::interrupted, "why", minutes{9});
  hurried.end(EndReason::killed, "now", milliseconds{0});
  REQUIRE(hurried.logged("kill: "));
  CHECK(hurried.told() == "signal 2; kill: why; ");
}

TEST_CASE("it is insisted again for as long as the grace lasts") {
  Program program;
  program.end(EndReason::interrupted, "why", minutes{9});
  CHECK(program.logged("insist; insist; insist; "));
}

TEST_CASE("the gentle signal is the one that was asked for") {
  Program program;
  program.end(EndReason::killed, "down", minutes{9}, SIGTERM);
  CHECK(program.told() == "signal 15; ");
}

TEST_CASE("a grace too short for insisting leads straight to the end") {
  Program program;
  program.end(EndReason::interrupted, "why", milliseconds{5});
  REQUIRE(program.logged("kill"));
  CHECK(program.log == "signal 2; kill: why; ");
}

TEST_CASE("without grace the program is killed at once") {
  Program program;
  program.end(EndReason::killed, "now", milliseconds{0});
  CHECK(program.log == "kill: now; ");
}

TEST_CASE("the first reason stands, and a later request only hastens the end") {
  Program program;
  CHECK_FALSE(program.supervisor.ended());
  program.end(EndReason::interrupted, "first", minutes{9});
  program.end(EndReason::killed, "second", milliseconds{0});
  REQUIRE(program.logged("kill"));
  CHECK(program.told() == "signal 2; kill: first; ");
  CHECK(program.supervisor.ended()->reason == EndReason::interrupted);
  CHECK(program.supervisor.reason(SIGKILL)->cause == "first");
}

TEST_CASE("a later request with more grace does not put off the end") {
  Program program;
  program.end(EndReason::interrupted, "first", milliseconds{60});
  program.end(EndReason::interrupted, "second", minutes{9});
  CHECK(program.logged("kill: first"));
}

TEST_CASE("who died of a signal that a client sent was killed, and of another one was not") {
  Program program;
  program.supervisor.note_signal(SIGTERM);
  CHECK_FALSE(program.supervisor.reason(std::nullopt));
  CHECK_FALSE(program.supervisor.reason(SIGSEGV));
  REQUIRE(program.supervisor.reason(SIGTERM));
  CHECK(program.supervisor.reason(SIGTERM)->reason == EndReason::killed);
}

TEST_CASE("a program that runs too long is interrupted, and the cause names the limit") {
  Program program;
  const auto begun = std::chrono::steady_clock::now();
  program.now([&] { program.supervisor.start_limits({.wall = milliseconds{30}}, {}); });
  REQUIRE(program.logged("signal 2"));
  CHECK(std::chrono::steady_clock::now() - begun >= milliseconds{30});
  CHECK(program.supervisor.ended()->reason == EndReason::timeout);
  CHECK(program.supervisor.ended()->cause ==
        "It ran longer than its limit of 30 ms (wall_ms, a timer).");
  CHECK(program.supervisor.ended()->grace == default_grace);
}

TEST_CASE(
    "a program that uses too much processor time is interrupted; what it used before does not "
    "count") {
  Program program;
  program.usage.cpu = std::chrono::seconds{100};
  program.now([&] { program.supervisor.start_limits({.cpu = milliseconds{500}}, program.usage); });
  program.usage.cpu += milliseconds{499};
  program.until([] { return false; }, milliseconds{50});  // some samples
  CHECK(program.log.empty());
  program.usage.cpu += milliseconds{2};
  REQUIRE(program.logged("signal 2"));
  CHECK(program.supervisor.ended()->reason == EndReason::timeout);
}

TEST_CASE("a program that uses too much memory is killed at once") {
  Program program;
  program.usage.memory = 100;
  program.now([&] { program.supervisor.start_limits({.memory = 100}, {}); });
  program.until([] { return false; }, milliseconds{50});
  CHECK(program.log.empty());
  program.usage.memory = 101;
  REQUIRE(program.logged("kill: It used 101 bytes of memory"));
  CHECK(program.supervisor.ended()->reason == EndReason::memory);
}

TEST_CASE("memory and processes count from what there was at the start") {
  Program program;
  program.usage = {.memory = 1000, .processes = 5};
  const RunLimits limits{.memory = 100, .processes = 3};
  program.now([&] { program.supervisor.start_limits(limits, program.usage); });
  program.usage = {.memory = 1100, .processes = 8};
  program.until([] { return false; }, milliseconds{50});
  program.usage = {.memory = 0, .processes = 1};  // what goes is no debt
  program.until([] { return false; }, milliseconds{50});
  CHECK(program.log.empty());
  program.usage = {.memory = 0, .processes = 9};
  REQUIRE(
      program.logged("kill: It had 4 processes more than at its start, over its limit of 3 "
                     "(processes, by sampling)."));
  CHECK(program.supervisor.ended()->reason == EndReason::processes);
}

TEST_CASE("what is over its limit at one look alone is not killed for it") {
  Program program;
  program.now([&] { program.supervisor.start_limits({.memory = 100, .processes = 2}, {}); });
  program.at_look = [&, look = 0]() mutable {
    const bool again = look++ % 2 == 1;  // what is over is looked at again
    program.usage = {.memory = again ? 100u : 101u, .processes = 2};
    if (look >= 40) program.usage = {.memory = 100, .processes = 4};
  };
  REQUIRE(program.logged("kill"));
  CHECK(program.log == "kill: It had 4 processes, over its limit of 2 (processes, by sampling).; ");
}

TEST_CASE("a program that writes too much is interrupted once") {
  Program program;
  program.now([&] { program.supervisor.start_limits({.output = 10}, {}); });
  program.now([&] { program.supervisor.count_output(10); });
  CHECK(program.log.empty());
  program.now([&] {
    program.supervisor.count_output(1);
    program.supervisor.count_output(1000);
  });
  CHECK(program.told() == "signal 2; ");
  CHECK(program.supervisor.ended()->reason == EndReason::output_limit);
}

TEST_CASE("a limit that is met while the program is being ended is not the reason") {
  Program program;
  program.end(EndReason::interrupted, "by request", minutes{9});
  program.now(
      [&] { program.supervisor.start_limits({.wall = milliseconds{20}, .output = 1}, {}); });
  program.now([&] { program.supervisor.count_output(100); });
  program.until([] { return false; }, milliseconds{60});
  CHECK(program.supervisor.ended()->cause == "by request");
}

TEST_CASE("without limits nothing is watched") {
  Program program;
  program.usage.memory = ~std::uint64_t{0};
  program.now([&] {
    program.supervisor.start_limits({}, {});
    program.supervisor.count_output(~std::uint64_t{0} / 2);
  });
  CHECK(program.log.empty());
  CHECK(program.tasks.empty());
}

namespace {

// A control group of cgroup v2 as far as the counter goes, and a supervisor that looks at it.
struct Group : CoreWorld {
  Group() : folder(fs::temp_directory_path() / ("quern-oom-" + std::to_string(::getpid()))) {
    fs::create_directory(folder);
    std::ofstream(folder / "memory.max") << "67108864\n";
    killed(3);  // before anybody looked
    kernel = std::make_unique<OomKills>(GroupPath{folder, true});
    supervisor = std::make_unique<Supervisor>(
        tasks, Supervisor::Reach{[](int) {}, [](const std::string&) {}, [] {},
                                 [](std::uint64_t) { return TreeUsage{}; }, kernel.get()});
  }
  void start() const { supervisor->start_limits({}, {}); }
  ~Group() {
    end_tasks();
    fs::remove_all(folder);
  }
  void killed(int times) const {
    std::ofstream(folder / "memory.events")
        << "low 0\nhigh 0\nmax 9\noom 9\noom_kill " << times << "\n";
  }
  std::string why(int signal) const {
    const auto reason = supervisor->reason(signal);
    return reason ? reason->cause : "nobody knows";
  }
  std::string told(FinishedStatus status) const {
    Finished finished;
    finished.status = status;
    return supervisor->told_of_kernel(finished);
  }

  const fs::path folder;
  std::unique_ptr<OomKills> kernel;
  std::unique_ptr<Supervisor> supervisor;
};

}  // namespace

TEST_CASE("who dies of SIGKILL while the kernel kills for want of memory was killed by it") {
  Group group;
  group.start();
  CHECK(group.why(SIGKILL) == "nobody knows");
  group.killed(4);
  CHECK(group.why(SIGKILL) ==
        "The kernel killed it, for the memory of its control group was used up, 67108864 bytes "
        "(memory, by cgroup).");
  CHECK(group.supervisor->reason(SIGKILL)->reason == EndReason::memory);
  CHECK(group.why(SIGSEGV) == "nobody knows");
  group.supervisor->note_signal(SIGKILL);
  CHECK(group.why(SIGKILL) == "It died of a signal that a client sent.");
}

TEST_CASE("who fails meanwhile is told that somebody was killed") {
  Group group;
  group.start();
  CHECK(group.told(FinishedStatus::error).empty());
  group.killed(5);
  CHECK(group.told(FinishedStatus::ok).empty());
  CHECK(group.told(FinishedStatus::memory).empty());
  CHECK(group.told(FinishedStatus::error) ==
        " Meanwhile the kernel killed 2 processes here, for the memory of the control group was "
        "used up, 67108864 bytes (memory, by cgroup).");
}

TEST_CASE("what the kernel killed before a run began is none of that run's matter") {
  Group group;
  group.killed(4);
  CHECK(group.told(FinishedStatus::error).empty());
  CHECK(group.why(SIGKILL) == "nobody knows");
}
