// SPDX-License-Identifier: Apache-2.0
// Batch runs that go their way: steps, files, work dirs.
#include "batch_bench.hpp"

#include <sys/resource.h>

#include <csignal>

using namespace quern;
namespace fs = std::filesystem;

namespace {

Finished wrote(Finished finished, std::uint64_t out, std::uint64_t err = 0) {
  finished.stdout_bytes = out;
  finished.stderr_bytes = err;
  return finished;
}

const Finished well = finish(FinishedStatus::ok, "It ended by itself.", 0);

}  // namespace

TEST_CASE("a program runs, its output comes in order, and its exit is the run's") {
  BatchBench bench;
  bench.script.script({exits(0).after_writing(1, "out\n").after_writing(2, "err\n")});
  bench.carry_out(bench.commands(Skip{}, Argv{"prog", "a"}));
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::exec},
                                           said(Stream::out, "out\n"), said(Stream::err, "err\n"),
                                           wrote(well, 4, 4)});
  CHECK(bench.script.commands.at(0).argv == Argv{"prog", "a"});
  CHECK(bench.script.commands.at(0).cwd == bench.work_dir());
}

TEST_CASE("the steps run one after the other: build, exec, clean") {
  BatchBench bench;
  bench.script.script({exits(0).after_writing(1, "b"), exits(3).after_writing(1, "e"),
                       exits(0).after_writing(1, "c")});
  bench.carry_out(bench.commands(std::string("make"), Argv{"prog"}, std::string("rm x")));
  CHECK(bench.tale() ==
        std::vector<Event>{Started{first_pid, Phase::build}, said(Stream::out, "b"),
                           StepFinished{Phase::build, 0, {}}, Started{first_pid + 1, Phase::exec},
                           said(Stream::out, "e", 1), Started{first_pid + 2, Phase::clean},
                           said(Stream::out, "c", 2), StepFinished{Phase::clean, 0, {}},
                           wrote(finish(FinishedStatus::error, "It exited with code 3.", 3), 3)});
  CHECK(bench.script.commands.at(0).argv == Argv{"/bin/sh", "-c", "make"});
  CHECK(bench.script.unplayed() == 0);
}

TEST_CASE("a failed build ends the request without running the program") {
  BatchBench bench;
  bench.script.script({exits(2).after_writing(2, "main.go:1: boom\n")});
  bench.carry_out(bench.commands(std::string("make"), Argv{"prog"}));
  CHECK(bench.tale() ==
        std::vector<Event>{
            Started{first_pid, Phase::build}, said(Stream::err, "main.go:1: boom\n"),
            StepFinished{Phase::build, 2, {}},
            wrote(finish(FinishedStatus::build_failed, "It exited with code 2.", 2), 0, 16)});
  CHECK(bench.script.launches() == 1);
}

TEST_CASE("a compiler that dies of a signal is a failed build") {
  BatchBench bench;
  bench.script.script({dies_by(SIGSEGV)});
  bench.carry_out(bench.commands(Argv{"cc"}, Argv{"prog"}));
  CHECK(bench.tale() ==
        std::vector<Event>{
            Started{first_pid, Phase::build}, StepFinished{Phase::build, {}, SIGSEGV},
            finish(FinishedStatus::build_failed, "It died of signal 11 (SEGV).", {}, SIGSEGV)});
}

TEST_CASE("a build without a program is a whole run") {
  BatchBench bench;
  bench.script.script({exits(0)});
  bench.carry_out(bench.commands(Argv{"make"}, Skip{}));
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::build},
                                           StepFinished{Phase::build, 0, {}}, well});
}

TEST_CASE("a program that dies of a signal has crashed") {
  BatchBench bench;
  bench.script.script({dies_by(SIGSEGV)});
  bench.carry_out(bench.commands(Skip{}, Argv{"prog"}));
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::exec},
                                           finish(FinishedStatus::crashed,
                                                  "It died of signal 11 (SEGV).", {}, SIGSEGV)});
}

TEST_CASE("a program that cannot be started is an error that names it, and no process") {
  BatchBench bench;
  bench.script.script({fails("find program", ENOENT, "cannot start `prog`: not found")});
  bench.carry_out(bench.commands(Skip{}, Argv{"prog"}));
  const std::string cause = "The exec step failed: cannot start `prog`: not found.";
  ErrorRaised error;
  error.name = "ExecError";
  error.message = cause;
  Finished finished = finish(FinishedStatus::error, cause, 127);
  finished.error = ErrorSummary{"ExecError", cause};
  CHECK(bench.tale() == std::vector<Event>{error, finished});
}

TEST_CASE(
    "code and files are written into a fresh directory, where the language's rules find them") {
  BatchBench bench;
  bench.script.script({never_ends(), never_ends()});
  StartRun spec;
  spec.lang = "toy";
  spec.build = Heuristic{};
  spec.code = "print 1";
  spec.files = {{"build.mk", "all:", 0644}, {"data/x", "y", 0600}};
  Result<Admission> admission = bench.start("r", spec);
  REQUIRE(admission.has_value());
  REQUIRE(bench.until([&] { return bench.script.launches() == 1; }));
  fs::path cwd = admission->cwd;
  CHECK(cwd.string().starts_with((bench.dir.path() / "private").string()));
  CHECK(fs::file_size(cwd / "main.toy") == 7);
  CHECK(fs::file_size(cwd / "build.mk") == 4);
  CHECK(fs::file_size(cwd / "data/x") == 1);
  const Command& build = bench.script.commands.at(0);
  CHECK(build.argv == Argv{"make", "all"});
  CHECK(build.cwd == cwd.string());
  CHECK(build.env.at("TOY") == "1");
  CHECK(build.env.at("BASE") == "b");
  CHECK(build.descriptors.size() == 2);  // a compiler does not get the program's input
  bench.script.end(first_pid, {0, {}, {}, 0});
  REQUIRE(bench.until([&] { return bench.script.launches() == 2; }));
  CHECK(bench.script.commands.at(1).argv == Argv{"toy", "main.toy"});
  CHECK(bench.script.commands.at(1).descriptors.size() == 3);
  bench.script.end(first_pid + 1, {0, {}, {}, 0});
  REQUIRE(bench.until([&] { return bench.done.contains("r"); }));

  CHECK(fs::exists(cwd));  // as long as the run is held
  bench.runs.clear();
  CHECK(bench.until([&] { return !fs::exists(cwd); }));
}

TEST_CASE("a run with a directory of its own keeps its files there") {
  BatchBench bench;
  bench.script.script({exits(0)});
  StartRun spec = bench.commands(Skip{}, Argv{"prog"});
  spec.cwd = "sub";
  spec.file = "code.txt";
  spec.code = "hello";
  fs::create_directories(bench.work_dir() + "/sub");
  bench.carry_out(spec);
  CHECK(fs::file_size(bench.work_dir() + "/sub/code.txt") == 5);
  CHECK(bench.script.commands.at(0).cwd == bench.work_dir() + "/sub");
}

TEST_CASE(
    "a rule that does not apply: no build is no harm, no program is an error that says what was "
    "looked for") {
  BatchBench bench;
  StartRun spec;
  spec.lang = "toy";
  spec.build = Heuristic{};
  bench.carry_out(spec);
  std::vector<Event> tale = bench.tale();
  REQUIRE(tale.size() == 3);
  CHECK(tale[0] == Event(StepFinished{Phase::build, 0, {}}));
  CHECK(std::get<ErrorRaised>(tale[1]).message.find("`main.toy`") != std::string::npos);
  CHECK(std::get<Finished>(tale[2]).status == FinishedStatus::error);
  CHECK(bench.script.launches() == 0);
}

TEST_CASE("what cannot be done is refused before anything has happened") {
  BatchBench bench;
  auto refusal = [&](StartRun spec) {
    Result<Admission> admission = bench.start("r", std::move(spec));
    REQUIRE(admission.has_error());
    return admission.error().code;
  };
  StartRun unknown = bench.commands(Skip{}, Argv{"prog"});
  unknown.lang = "cobol";
  CHECK(refusal(unknown) == ErrorCode::unknown_language);
  StartRun nameless = bench.commands(Skip{}, Argv{"prog"});
  nameless.code = "x";
  CHECK(refusal(nameless) == ErrorCode::bad_request);
  for (const char* path : {"../x", "/etc/x", ""}) {
    StartRun climbing = bench.commands(Skip{}, Argv{"prog"});
    climbing.files = {{path, "x", 0644}};
    CHECK(refusal(climbing) == ErrorCode::bad_request);
  }
  for (const char* path : {"../x", "/etc/x", "a/"}) {
    StartRun climbing = bench.commands(Skip{}, Argv{"prog"});
    climbing.code = "x";
    climbing.file = path;
    CHECK(refusal(climbing) == ErrorCode::bad_request);
  }
  StartRun twice = bench.commands(Skip{}, Argv{"prog"});
  twice.lang = "toy";
  twice.code = "x";
  twice.files = {{"main.toy", "y", 0644}};
  CHECK(refusal(twice) == ErrorCode::bad_request);
  CHECK(bench.slots.free());
  CHECK(bench.client->heard.empty());
}

TEST_CASE("a file that cannot be written ends the run before its first step") {
  BatchBench bench;
  fs::create_directories(bench.work_dir() + "/x");
  StartRun spec = bench.commands(Argv{"make"}, Argv{"prog"});
  spec.cwd = ".";
  spec.files = {{"x", "y", 0644}};
  bench.carry_out(spec);
  std::vector<Event> tale = bench.tale();
  REQUIRE(tale.size() == 2);
  CHECK(std::get<ErrorRaised>(tale[0]).name == "FileError");
  CHECK(std::get<Finished>(tale[1]).status == FinishedStatus::error);
}

TEST_CASE("merged streams share one pipe, in true order") {
  BatchBench bench;
  bench.script.script({exits(0).after_writing(1, "a").after_writing(2, "b").after_writing(1, "c")});
  StartRun spec = bench.commands(Skip{}, Argv{"prog"});
  spec.merge = true;
  bench.carry_out(spec);
  CHECK(bench.tale() == std::vector<Event>{Started{first_pid, Phase::exec},
                                           said(Stream::out, "abc"), wrote(well, 3)});
}

TEST_CASE(
    "a limit of a file's size binds every step, and makes its call fail rather than kill it") {
  BatchBench bench;
  bench.script.script({exits(0), exits(0)});
  StartRun spec = bench.commands(std::string("make"), Argv{"prog"});
  spec.limits.fsize = 1000;
  bench.carry_out(spec);
  for (const Command& command : bench.script.commands) {
    REQUIRE(command.limits.size() == 1);
    CHECK(command.limits[0].resource == RLIMIT_FSIZE);
    CHECK(command.limits[0].most == 1000);
    CHECK(command.ignored == std::vector<int>{SIGXFSZ});
  }
}

TEST_CASE("without that limit nothing is bound and nothing ignored") {
  BatchBench bench;
  bench.script.script({exits(0)});
  bench.carry_out(bench.commands(Skip{}, Argv{"prog"}));
  CHECK(bench.script.commands.at(0).limits.empty());
  CHECK(bench.script.commands.at(0).ignored.empty());
}

TEST_CASE("a program with too many processes is killed, and the cause says so") {
  BatchBench bench;
  bench.script.script({never_ends().using_up({.processes = 30})});
  StartRun spec = bench.commands(Skip{}, Argv{"prog"});
  spec.limits.processes = 20;
  bench.carry_out(spec);
  CHECK(bench.tale().back() ==
        Event(finish(FinishedStatus::killed,
                     "It had 30 processes, over its limit of 20 (processes, by sampling).", {},
                     SIGKILL)));
}

TEST_CASE("processor time counts over all steps of a run") {
  BatchBench bench;
  ChildScript build = exits(0);
  build.end->cpu = milliseconds{400};
  bench.script.script({build, never_ends().using_up({.cpu = milliseconds{200}})});
  StartRun spec = bench.commands(std::string("make"), Argv{"prog"});
  spec.limits.cpu = milliseconds{500};
  bench.carry_out(spec);
  CHECK(std::get<Finished>(bench.tale().back()).status == FinishedStatus::timeout);
}

TEST_CASE("a limit of processes binds every step, and what was refused is told in the end") {
  BatchBench bench;
  ChildScript build = exits(0);
  ChildScript program = exits(2);
  build.refused = 1;
  program.refused = 2;
  bench.script.script({build, program});
  StartRun spec = bench.commands(std::string("make"), Argv{"prog"});
  spec.limits.processes = 20;
  bench.carry_out(spec);
  CHECK(bench.script.commands.at(0).processes == 20);
  CHECK(bench.script.commands.at(1).processes == 20);
  CHECK(std::get<Finished>(bench.tale().back()).cause ==
        "It exited with code 2. A fork failed 3 times at its limit of 20 (processes, by cgroup).");
}
