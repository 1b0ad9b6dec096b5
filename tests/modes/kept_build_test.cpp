// SPDX-License-Identifier: Apache-2.0
// Batch runs whose language has a builder: who builds, and that nobody can tell but by the clock.
#include "batch_bench.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>

using namespace quern;

namespace {

const Finished well = finish(FinishedStatus::ok, "It ended by itself.", 0);

// Keeps what a builder is asked.
class HearingLauncher final : public Launcher {
 public:
  explicit HearingLauncher(ScriptedLauncher& behind) : behind_(behind) {}
  boost::system::result<std::unique_ptr<Child>, LaunchError> launch(
      const Command& command) override {
    for (const Command::Descriptor& one : command.descriptors) {
      if (one.in_child == 3) requests_.reset(::fcntl(one.ours, F_DUPFD_CLOEXEC, 3));
    }
    ::fcntl(requests_.get(), F_SETFL, O_NONBLOCK);
    return behind_.launch(command);
  }
  boost::system::result<std::unique_ptr<Child>, LaunchError> adopt(pid_t pid,
                                                                   std::string marker) override {
    return behind_.adopt(pid, std::move(marker));
  }
  const std::string& heard() {
    std::array<char, 4096> bytes{};
    for (ssize_t got = 0; (got = ::read(requests_.get(), bytes.data(), bytes.size())) > 0;)
      heard_.append(bytes.data(), static_cast<std::size_t>(got));
    return heard_;
  }

 private:
  ScriptedLauncher& behind_;
  UniqueFd requests_;
  std::string heard_;
};

constexpr pid_t kept = first_pid;  // the builder comes first

struct BuilderBench : BatchBench {
  BuilderBench() {
    batch.emplace(Batch::Parts{.languages = languages,
                               .launcher = launcher,
                               .files = files,
                               .dirs = dirs,
                               .slots = slots,
                               .base = {},
                               .work_dir = work_dir(),
                               .limits = {},
                               .builders = &builders});
  }
  ~BuilderBench() {
    bool ended = false;
    boost::asio::co_spawn(io, builders.end_all(), [&](std::exception_ptr) { ended = true; });
    CHECK(until([&] { return ended; }));
    runs.clear();
    end_tasks();
  }

  static StartRun program(Step build = Skip{}) {
    StartRun spec;
    spec.lang = "toy";
    spec.code = "code";
    spec.files = {{"all.mk", "", 0644}};
    spec.build = std::move(build);
    return spec;
  }
  // The first run, which has the builder started.
  void start_builder(ChildScript builder = never_ends()) {
    script.script({std::move(builder), exits(0)});
    carry_out(program(), "first");
    CHECK(tale("first") == std::vector<Event>{Started{kept + 1, Phase::exec}, well});
    CHECK(script.commands.at(0).argv == Argv{"kept"});
  }
  void warm_up() {
    start_builder();
    say("ready version=1\n");
    turn();
  }
  void ask(StartRun spec) {
    Result<Admission> admission = start("r", std::move(spec));
    if (!admission) FAIL(admission.error().message);
    REQUIRE(until([&] { return !hearing.heard().empty(); }));
  }
  void say(std::string_view words) { script.write(kept, 4, words); }
  void await_end() {
    REQUIRE(until([&] { return done.contains("r"); }));
  }
  bool was_asked() { return !hearing.heard().empty(); }

  HearingLauncher hearing{script};
  Contexts contexts{tasks, hearing, {}, work_dir(), 8};
  StandIns builders{tasks, contexts, std::chrono::minutes{1}};
};

}  // namespace

TEST_CASE("what a builder has built is told as the build that was asked for") {
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(0)});
  StartRun spec = bench.program(Heuristic{});
  spec.env = {{"A", "1"}, {"B", "2"}};
  bench.ask(std::move(spec));
  const std::string& heard = bench.hearing.heard();
  CHECK(heard.find("argv:9 names:4\n") != std::string::npos);
  CHECK(heard.ends_with(std::string("make\0all\0A\0B\0", 13)));
  bench.say("built\ndone status=ok\n");
  bench.await_end();
  CHECK(bench.tale() == std::vector<Event>{Started{kept, Phase::build},
                                           StepFinished{Phase::build, 0, {}},
                                           Started{kept + 2, Phase::exec}, well});
}

TEST_CASE("a program that compiles first finds it done, and nothing is told of that") {
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(0)});
  bench.ask(bench.program());
  bench.say("built\ndone status=ok\n");
  bench.await_end();
  CHECK(bench.tale() == std::vector<Event>{Started{kept + 2, Phase::exec}, well});
  CHECK(bench.script.commands.at(2).argv == Argv{"toy", "main.toy"});
}

TEST_CASE("what a builder has not built without a word is built by the rule's command") {
  const auto words = GENERATE(as<std::string>{}, "done status=ok\n",
                              "error message:2\nnodone status=error\n", "built\n", "nonsense\n\n");
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(2).after_writing(2, "main.toy:1: no\n")});
  bench.ask(bench.program(Heuristic{}));
  bench.say(words);
  if (words == "built\n") bench.script.end(kept, {1, {}, {}, 0});  // its last word
  bench.await_end();
  const std::vector<Event> tale = bench.tale();
  CHECK(tale.at(0) == Event{Started{kept + 2, Phase::build}});
  CHECK(tale.at(1) == said(Stream::err, "main.toy:1: no\n"));
  CHECK(tale.at(2) == Event{StepFinished{Phase::build, 2, {}}});
  CHECK(std::get<Finished>(tale.at(3)).status == FinishedStatus::build_failed);
}

TEST_CASE("a builder that prints has had something to say") {
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(0), exits(0)});
  bench.ask(bench.program(Heuristic{}));
  bench.script.write(kept, 2, "a warning\n");
  bench.say("built\ndone status=ok\n");
  bench.await_end();
  CHECK(bench.tale() == std::vector<Event>{Started{kept + 2, Phase::build},
                                           StepFinished{Phase::build, 0, {}},
                                           Started{kept + 3, Phase::exec}, well});
}

TEST_CASE("a run that is to end while its builder builds ends at once, and the builder with it") {
  const auto grace = GENERATE(milliseconds{0}, milliseconds{2000});
  BuilderBench bench;
  bench.warm_up();
  bench.ask(bench.program(GENERATE(as<Step>{}, Skip{}, Heuristic{})));
  bench.end("r", {EndReason::interrupted, "A client wanted it.", grace});
  bench.await_end();
  CHECK(bench.tale() ==
        std::vector<Event>{finish(FinishedStatus::interrupted, "A client wanted it.", {})});
  CHECK(bench.script.signals == std::vector<ScriptedLauncher::Sent>{{kept, SIGKILL}});
}

TEST_CASE("a builder that takes too long is ended, and the command builds") {
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(0)});
  bench.ask(bench.program());
  bench.await_end();
  CHECK(bench.tale() == std::vector<Event>{Started{kept + 2, Phase::exec}, well});
  CHECK(bench.script.signals == std::vector<ScriptedLauncher::Sent>{{kept, SIGKILL}});
}

TEST_CASE("the time that a builder takes is the run's") {
  BuilderBench bench;
  bench.warm_up();
  StartRun spec = bench.program();
  spec.limits.wall = milliseconds{20};
  bench.ask(std::move(spec));
  bench.await_end();
  CHECK(bench.tale() == std::vector<Event>{finish(
                            FinishedStatus::timeout,
                            "It ran longer than its limit of 20 ms (wall_ms, a timer).", {})});
}

TEST_CASE("whoever has other limits, or says himself what to do, is not the builder's") {
  BuilderBench bench;
  bench.warm_up();
  bench.script.script({exits(0), exits(0)});
  StartRun spec = bench.program();
  SECTION("memory") { spec.limits.memory = 1024 * mib; }
  SECTION("processor time") { spec.limits.cpu = milliseconds{60'000}; }
  SECTION("processes") { spec.limits.processes = 100; }
  SECTION("the size of files") { spec.limits.fsize = 1024 * mib; }
  SECTION("a build of his own") { spec.build = Argv{"make"}; }
  SECTION("a program of his own") { spec.exec = Argv{"prog"}; }
  bench.carry_out(std::move(spec));
  CHECK(!bench.was_asked());
  CHECK(bench.tale().back() == Event{well});
}

TEST_CASE("a builder that is at work or has not come up is not waited for") {
  BuilderBench bench;
  SECTION("it is not ready") {
    bench.start_builder();
    bench.script.script({exits(0)});
    bench.carry_out(bench.program());
    CHECK(!bench.was_asked());
  }
  SECTION("it builds for another") {
    bench.warm_up();
    bench.ask(bench.program());
    const std::string asked = bench.hearing.heard();
    bench.script.script({exits(0), exits(0)});
    bench.carry_out(bench.program(), "other");
    CHECK(bench.hearing.heard() == asked);
    bench.say("built\ndone status=ok\n");
    bench.await_end();
  }
}

TEST_CASE("a builder that is lost is started again, and one that did not come up not so soon") {
  BuilderBench bench;
  SECTION("it had been ready") {
    bench.warm_up();
    bench.script.end(kept, {1, {}, {}, 0});
    bench.turn();
    bench.script.script({never_ends(), exits(0)});
    bench.carry_out(bench.program());
    CHECK(bench.script.commands.at(2).argv == Argv{"kept"});
  }
  SECTION("it never was") {
    bench.start_builder(exits(1));
    bench.script.script({exits(0)});
    bench.carry_out(bench.program());
    CHECK(bench.script.commands.at(2).argv == Argv{"toy", "main.toy"});
  }
}
