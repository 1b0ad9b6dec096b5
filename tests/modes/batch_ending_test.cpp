// SPDX-License-Identifier: Apache-2.0
// Batch runs that are made to end, that wait for their turn, and what lives on after them.
#include "batch_bench.hpp"

#include <unistd.h>

using namespace quern;

namespace {

EndRequest interrupt(milliseconds grace = default_grace) {
  return {EndReason::interrupted, "It was interrupted by request.", grace, SIGINT};
}

Finished interrupted(std::optional<int> exit, std::optional<int> signal) {
  return finish(FinishedStatus::interrupted, "It was interrupted by request.", exit, signal);
}

using Sent = ScriptedLauncher::Sent;

}  // namespace

TEST_CASE("an interrupt reaches the program, and the run is called so") {
  BatchBench bench;
  bench.script.script({never_ends()});
  bench.start("r", bench.commands(Skip{}, Argv{"prog"})).value();
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  bench.end("r", interrupt());
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));
  CHECK(bench.tale() ==
        std::vector<Event>{Started{first_pid, Phase::exec}, interrupted({}, SIGINT)});
}

TEST_CASE("a program that ignores its interrupt is killed after the grace") {
  BatchBench bench;
  bench.script.script({never_ends().ignoring(SIGINT)});
  bench.start("r", bench.commands(Skip{}, Argv{"prog"})).value();
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  bench.end("r", interrupt(milliseconds{80}));
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));
  CHECK(bench.script.signals.front() == Sent{first_pid, SIGINT});
  CHECK(bench.script.signals.back() == Sent{first_pid, SIGKILL});
  CHECK(bench.tale() ==
        std::vector<Event>{Started{first_pid, Phase::exec}, interrupted({}, SIGKILL)});
}

TEST_CASE("an interrupt while the build runs ends the run, and no program is started") {
  BatchBench bench;
  bench.script.script({never_ends()});
  bench.start("r", bench.commands(Argv{"make"}, Argv{"prog"}, Argv{"clean"})).value();
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  bench.end("r", interrupt());
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::build},
                                           StepFinished{Phase::build, {}, SIGINT},
                                           interrupted({}, SIGINT)});
}

TEST_CASE("what a client does between two steps finds no process, and the next step is not begun") {
  BatchBench bench;
  bench.script.script({exits(0)});
  StartRun spec;
  spec.lang = "toy";
  spec.build = Argv{"make"};
  spec.cwd = ".";
  spec.code = "x";
  bool delivered = true;
  bench.client->on_event = [&](const Record& record) {
    auto event = decode_event(record.head, record.body.view());
    if (!std::holds_alternative<StepFinished>(event->event)) return;
    bench.client->on_event = nullptr;
    delivered = bench.runs["r"]->signal(SIGUSR1);
    bench.runs["r"]->end(interrupt());
  };
  bench.start("r", spec).value();
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));
  CHECK_FALSE(delivered);
  CHECK(bench.script.signals.empty());
  CHECK(bench.script.launches() == 1);
  REQUIRE(bench.runs["r"]->finished());
  CHECK(bench.runs["r"]->finished()->status == FinishedStatus::interrupted);
}

TEST_CASE("who dies of a client's signal was killed; who catches it goes on") {
  BatchBench bench;
  bench.script.script({never_ends().ignoring(SIGUSR1)});
  bench.start("r", bench.commands(Skip{}, Argv{"prog"})).value();
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  CHECK(bench.runs["r"]->signal(SIGUSR1));
  bench.turn();
  CHECK_FALSE(bench.runs["r"]->finished());
  CHECK(bench.runs["r"]->signal(SIGTERM));
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));
  CHECK(bench.runs["r"]->finished()->status == FinishedStatus::killed);
  CHECK(bench.runs["r"]->finished()->signal == SIGTERM);
}

TEST_CASE("a program over its output limit is ended, with what it wrote before") {
  BatchBench bench;
  bench.script.script({never_ends().after_writing(1, std::string(2000, 'x'))});
  StartRun spec = bench.commands(Skip{}, Argv{"prog"});
  spec.limits.output = 1000;
  bench.carry_out(spec);
  CHECK(bench.client->output().size() == 2000);
  CHECK(bench.runs["r"]->finished()->status == FinishedStatus::output_limit);
}

TEST_CASE("a program over its memory is killed at once") {
  BatchBench bench;
  bench.script.script({never_ends().using_up({.memory = 200, .cpu = {}, .processes = 1})});
  StartRun spec = bench.commands(Skip{}, Argv{"prog"});
  spec.limits.memory = 100;
  bench.carry_out(spec);
  CHECK(bench.script.signals.front() == Sent{first_pid, SIGKILL});
  CHECK(bench.runs["r"]->finished()->status == FinishedStatus::memory);
}

TEST_CASE("all that was written before the end stands before finished") {
  BatchBench bench;
  std::string much(60'000, 'x');
  bench.script.script({exits(0).after_writing(1, much).after_writing(2, much)});
  bench.carry_out(bench.commands(Skip{}, Argv{"prog"}));
  std::vector<Event> tale = bench.tale();
  CHECK(bench.client->output(Stream::out) == much);
  CHECK(bench.client->output(Stream::err) == much);
  Finished finished = finish(FinishedStatus::ok, "It ended by itself.", 0);
  finished.stdout_bytes = finished.stderr_bytes = much.size();
  CHECK(tale.back() == Event(finished));
}

TEST_CASE("somebody who holds the output does not delay finished; what he writes is late output") {
  BatchBench bench;
  bench.script.script({exits(0).after_writing(1, "first ")});
  bench.launcher.hold = true;
  bench.start("r", bench.commands(Skip{}, Argv{"prog"})).value();
  REQUIRE(bench.until([&] { return bench.client->finished(); }));
  CHECK(bench.runs["r"]->finished()->open);
  CHECK(bench.slots.inside() == 0);  // nobody waits for him
  REQUIRE(::write(bench.launcher.held.get(), "late", 4) == 4);
  REQUIRE(bench.until([&] { return bench.client->output() == "first late"; }));
  bench.launcher.held.reset();
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));

  Finished finished = finish(FinishedStatus::ok, "It ended by itself.", 0);
  finished.stdout_bytes = 6;
  finished.open = true;
  const Note note{"held-open", "Processes that cannot be told apart still hold the run's output."};
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::exec},
                                           said(Stream::out, "first "), finished, note,
                                           said(Stream::out, "late", 6, true), Closed{}});
}

TEST_CASE("runs beyond the capacity wait, and start in their order") {
  BatchBench bench(1);
  bench.script.script({never_ends(), never_ends(), never_ends()});
  CHECK(bench.start("a", bench.commands(Skip{}, Argv{"a"}))->queued == 0);
  bench.start("b", bench.commands(Skip{}, Argv{"b"})).value();
  CHECK(bench.start("c", bench.commands(Skip{}, Argv{"c"}))->queued >= 1);
  bench.turn();
  CHECK(bench.script.launches() == 1);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(
        bench.until([&] { return bench.script.launches() == static_cast<std::size_t>(i + 1); }));
    bench.script.end(static_cast<pid_t>(first_pid + i), {0, {}, {}, 0});
  }
  REQUIRE(bench.until([&] { return bench.done.size() == 3; }));
  CHECK(bench.script.commands[0].argv == Argv{"a"});
  CHECK(bench.script.commands[1].argv == Argv{"b"});
  CHECK(bench.script.commands[2].argv == Argv{"c"});
}

TEST_CASE("a run that is interrupted in the queue is aborted, and never started") {
  BatchBench bench(1);
  bench.script.script({never_ends()});
  bench.start("a", bench.commands(Skip{}, Argv{"a"})).value();
  bench.start("b", bench.commands(Skip{}, Argv{"b"})).value();
  bench.turn();
  bench.end("b", interrupt());
  REQUIRE(bench.until([&] { return bench.done.contains("b"); }));
  CHECK(bench.tale("b") ==
        std::vector<Event>{finish(FinishedStatus::aborted, "It was interrupted by request.", {})});
  bench.script.end(static_cast<pid_t>(first_pid), {0, {}, {}, 0});
  REQUIRE(bench.until([&] { return bench.done.contains("a"); }));
  CHECK(bench.slots.free());
}

TEST_CASE("a daemon that goes down in the middle of a run leaves no task behind") {
  BatchBench bench;
  bench.script.script({never_ends()});
  bench.start("r", bench.commands(Skip{}, Argv{"prog"})).value();
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  bench.end_tasks();
  CHECK(bench.tasks.empty());
}
