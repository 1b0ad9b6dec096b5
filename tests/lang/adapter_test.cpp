// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

Manifest c_like() {
  Manifest m;
  m.name = "c";
  m.title = "C";
  m.main = "main.c";
  m.dir = "/langs/c";
  m.build = {{{"Makefile"}, {}, {"make"}},
             {{"{main}"}, {"*.h"}, {"cc", "-o", "main", "{main}"}},
             {{"*.c"}, {}, {"cc", "-I{dir}/include", "-o", "main", "{glob:*.c}"}, {"{dir}/keep"}}};
  m.exec = {{{"main"}, {}, {"./main"}}, {{"run.sh"}, {"skip"}, {"sh", "{argv}", "run.sh"}}};
  m.clean = {{{"Makefile"}, {}, {"make", "clean"}}};
  m.query.worker = {"{dir}/worker", "--lib={dir}"};
  m.terminal = {"{dir}/repl"};
  m.version = {"sh", "-c", "sed -n 's/v\\(.*\\)/\\1/p' $0", "{dir}/word"};
  return m;
}

const Manifest c = c_like();

Result<Argv> step_argv(const Manifest* manifest, StepKind kind, const Step& step,
                       const Listing& listing, const std::string& main_file,
                       const Argv& arguments) {
  const auto command = step_command(manifest, kind, step, listing, main_file, arguments);
  if (!command) return command.error();
  return command->argv;
}

Result<Argv> build(const Listing& listing, const std::string& main_file = {}) {
  return step_argv(&c, StepKind::build, Heuristic{}, listing, main_file, {"unused"});
}

}  // namespace

TEST_CASE("the first rule that applies is taken") {
  CHECK(*build({"Makefile", "main.c"}) == Argv{"make"});
  CHECK(*build({"main.c"}) == Argv{"cc", "-o", "main", "main.c"});
  CHECK(*build({"main.c", "a.h"}) == Argv{"cc", "-I/langs/c/include", "-o", "main", "main.c"});
}

TEST_CASE("a glob becomes one word a file, sorted, and none of them an option") {
  CHECK(*build({"b.c", "a.c", "-x.c", "src/d.c", "dir.c/"}) ==
        Argv{"cc", "-I/langs/c/include", "-o", "main", "./-x.c", "a.c", "b.c"});
}

TEST_CASE("the main file is the one that the request names") {
  CHECK(*build({"other.c"}, "other.c") == Argv{"cc", "-o", "main", "other.c"});
  CHECK(*build({"we*ird.c"}, "we*ird.c") == Argv{"cc", "-o", "main", "we*ird.c"});
}

TEST_CASE(
    "a builder is that of the rule that was taken, and nobody's who says himself what to do") {
  const auto builder = [](const Step& step, const Listing& listing) {
    return step_command(&c, StepKind::build, step, listing, "", {})->builder;
  };
  CHECK(builder(Heuristic{}, {"a.c"}) == Argv{"/langs/c/keep"});
  CHECK(builder(Heuristic{}, {"a.c", "Makefile"}).empty());
  CHECK(builder(Argv{"cc", "a.c"}, {"a.c"}).empty());
  CHECK(builder(std::string("cc a.c"), {"a.c"}).empty());
}

TEST_CASE("with no rule that applies there is nothing to build or clean") {
  CHECK(build({"readme"})->empty());
  CHECK(step_argv(&c, StepKind::clean, Heuristic{}, {"readme"}, "", {})->empty());
}

TEST_CASE(
    "with no rule that applies there is nothing to run, and the error says what was looked for") {
  const Result<Argv> argv = step_argv(&c, StepKind::exec, Heuristic{}, {"readme"}, "", {});
  REQUIRE(!argv);
  CHECK(argv.error() ==
        Error{ErrorCode::bad_request,
              "Nothing here tells how to run this as C; looked for `main`, or `run.sh` but no "
              "`skip`. Send the code or files, or name the command to run in `exec`."});
}

TEST_CASE("arguments go where the rule wants them, else to the end, and only to exec") {
  CHECK(*step_argv(&c, StepKind::exec, Heuristic{}, {"main"}, "", {"a", "b c"}) ==
        Argv{"./main", "a", "b c"});
  CHECK(*step_argv(&c, StepKind::exec, Heuristic{}, {"run.sh"}, "", {"a", "b c"}) ==
        Argv{"sh", "a", "b c", "run.sh"});
  CHECK(*step_argv(&c, StepKind::exec, Heuristic{}, {"run.sh"}, "", {}) == Argv{"sh", "run.sh"});
  CHECK(*step_argv(&c, StepKind::clean, Heuristic{}, {"Makefile"}, "", {"a"}) ==
        Argv{"make", "clean"});
}

TEST_CASE("a string is for the shell, with the arguments as its parameters") {
  CHECK(*step_argv(nullptr, StepKind::build, Step{std::string("make all")}, {}, "", {"a"}) ==
        Argv{"/bin/sh", "-c", "make all"});
  CHECK(*step_argv(nullptr, StepKind::exec, Step{std::string("echo \"$@\"")}, {}, "", {"a"}) ==
        Argv{"/bin/sh", "-c", "echo \"$@\"", "sh", "a"});
}

TEST_CASE("an array is taken as it is") {
  CHECK(*step_argv(nullptr, StepKind::exec, Step{Argv{"echo", "{main}", "*"}}, {}, "", {"a"}) ==
        Argv{"echo", "{main}", "*", "a"});
  CHECK(!step_argv(nullptr, StepKind::exec, Step{Argv{}}, {}, "", {}).has_value());
}

TEST_CASE("a skipped step is no argv") {
  CHECK(step_argv(&c, StepKind::exec, Skip{}, {"main"}, "", {"a"})->empty());
}

TEST_CASE("a heuristic without a language is refused with a sentence") {
  const Result<Argv> argv = step_argv(nullptr, StepKind::exec, Heuristic{}, {"main"}, "", {});
  REQUIRE(!argv);
  CHECK(argv.error().message ==
        "`exec` is \"*\", which goes by a language's rules, but the request names no `lang`.");
}

TEST_CASE("a language without batch mode says so") {
  Manifest m;
  m.title = "Lisp";
  const Result<Argv> argv = step_argv(&m, StepKind::exec, Heuristic{}, {}, "", {});
  CHECK(argv.error() == Error{ErrorCode::unsupported,
                              "Lisp has no batch mode; name the command to run in `exec`."});
}

TEST_CASE("worker, version and terminal know their own folder") {
  CHECK(worker_argv(c) == Argv{"/langs/c/worker", "--lib=/langs/c"});
  CHECK(version_argv(c) == Argv{"sh", "-c", "sed -n 's/v\\(.*\\)/\\1/p' $0", "/langs/c/word"});
  CHECK(terminal_argv(c, {"-v"}) == Argv{"/langs/c/repl", "-v"});
}
