// SPDX-License-Identifier: Apache-2.0
#include "manifest.hpp"

#include <catch2/catch.hpp>

using namespace quern;

namespace {

constexpr std::string_view whole = R"(
name = "zig"
title = "Zig"
aliases = ["zg"]
extension = "zig"
main = "main.zig"

[version]
run = ["zig", "version"]

[needs]
programs = ["zig"]
packages.debian = ["zig", "lld"]
build.debian = ["zig-dev"]

[env]
ZIG_COLOR = "off"

[[batch.build]]
if = ["build.zig"]
unless = ["Makefile"]
run = ["zig", "build"]

[[batch.build]]
run = ["zig", "build-exe", "{main}", "{glob:*.c}"]
builder = ["{dir}/keep"]

[[batch.exec]]
run = ["./main", "{argv}"]

[[batch.clean]]
run = ["rm", "-rf", "zig-out"]

[query]
worker = ["{dir}/worker"]
fork = true
urge = true
can.complete = true
can.check = false

[tty]
command = ["zig", "repl"]

[limits]
wall_ms = 60000
cpu_ms = 1000
memory = 1048576
output = 100
processes = 10
fsize = 5

[gaps]
complete = "Zig has none."

[syntax]
comment = "//"
block_comment = ["/*", "*/"]
strings = ["\"\"\"", "\""]
multiline = ["\""]
raw = ["'"]
word_end = "?"
keywords = ["fn"]
)";

Manifest whole_value() {
  Manifest m;
  m.name = "zig";
  m.title = "Zig";
  m.aliases = {"zg"};
  m.extension = "zig";
  m.main = "main.zig";
  m.version = {"zig", "version"};
  m.programs = {"zig"};
  m.packages = {{"debian", {"zig", "lld"}}};
  m.env = {{"ZIG_COLOR", "off"}};
  m.build = {{{"build.zig"}, {"Makefile"}, {"zig", "build"}},
             {{}, {}, {"zig", "build-exe", "{main}", "{glob:*.c}"}, {"{dir}/keep"}}};
  m.exec = {{{}, {}, {"./main", "{argv}"}}};
  m.clean = {{{}, {}, {"rm", "-rf", "zig-out"}}};
  m.query = {{"{dir}/worker"}, true, Urge::too, {"complete"}};
  m.terminal = {"zig", "repl"};
  m.limits = {milliseconds(60000), milliseconds(1000), 1048576, 100, 10, 5};
  m.dir = "langs/zig";
  return m;
}

std::string fault_in(std::string_view toml) {
  const Result<Manifest> manifest = parse_manifest(toml, "langs/zig");
  return manifest ? "" : manifest.error().message;
}

}  // namespace

TEST_CASE("a manifest with every key is read whole") {
  const Result<Manifest> manifest = parse_manifest(whole, "langs/zig");
  INFO((manifest ? "" : manifest.error().message));
  REQUIRE(manifest.has_value());
  CHECK(*manifest == whole_value());
}

TEST_CASE("a short manifest is a whole one") {
  const Result<Manifest> manifest =
      parse_manifest("name = 'zig'\nextension = 'zig'\n[tty]\ncommand = ['zig']\n", "langs/zig");
  REQUIRE(manifest.has_value());
  CHECK(manifest->title == "zig");
  CHECK(manifest->main == "main.zig");
  CHECK(manifest->has_terminal());
  CHECK(!manifest->has_batch());
  CHECK(!manifest->has_query());
}

TEST_CASE("a fault names file, line, key and what was expected") {
  const std::string exec = "\n[[batch.exec]]\nrun = ['x']\n";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"name = 'z'\nexension = 'z'" + exec,
       "langs/zig/adapter.toml:2: there is no key `exension` at the top; did you mean "
       "`extension`?"},
      {"name = 'z'\n[query]\nworker = ['w']\nforked = true\n",
       "langs/zig/adapter.toml:4: there is no key `forked` in `query`; did you mean `fork`?"},
      {"name = 'z'\n[tty]\ncolour = 1\n",
       "langs/zig/adapter.toml:3: there is no key `colour` in `tty`; known are `command`."},
      {"name = 7" + exec, "langs/zig/adapter.toml:1: `name` must be a string."},
      {"name = 'z'\naliases = ['a', 3]" + exec,
       "langs/zig/adapter.toml:2: `an element of aliases` must be a string."},
      {"name = 'z'\n[[batch.exec]]\nif = ['x']\n",
       "langs/zig/adapter.toml:2: this [[batch.exec]] has no `run`."},
      {"name = 'z'\n[batch]\nexec = ['x']\n",
       "langs/zig/adapter.toml:3: `batch.exec` must be tables, each under [[batch.exec]]."},
      {"name = 'z'\n[[batch.clean]]\nrun = ['x']\nbuilder = ['y']\n",
       "langs/zig/adapter.toml:4: there is no key `builder` in `batch.clean`; known are `if`, "
       "`unless`, `run`."},
      {"name = 'z'\n[[batch.exec]]\nrun = []\n",
       "langs/zig/adapter.toml:3: `batch.exec.run` must be at least a program's name."},
      {"name = 'z'\n[[batch.exec]]\nrun = ['x', 'a{argv}']\n",
       "langs/zig/adapter.toml:3: `batch.exec.run` must be written so that {argv} and {glob:…} are "
       "words of their own."},
      {"name = 'z'\n[limits]\nwall_ms = -1" + exec,
       "langs/zig/adapter.toml:3: `limits.wall_ms` must be a whole number above 0."},
      {"name = 'z'\n[query]\nfork = true" + exec,
       "langs/zig/adapter.toml:2: `query` has no `worker`."},
      {"name = 'z'\n[query]\nworker = ['w']\n[query.can]\ncomplete = 'yes'\n",
       "langs/zig/adapter.toml:5: `query.can.complete` must be true or false."},
      {"name = 'z'\n[query]\nworker = ['w']\nurge = 'both'\n",
       "langs/zig/adapter.toml:4: `query.urge` must be true, false or \"instead\"."},
      {"name = 'z'\nextension = '.z'" + exec,
       "langs/zig/adapter.toml:2: `extension` is written without dot and slash, as in \"py\"."},
      {"title = 'z'" + exec, "langs/zig/adapter.toml:1: the key `name` is missing."},
      {"name = 'z'\n[env]\n'A=B' = 'c'" + exec,
       "langs/zig/adapter.toml:3: `A=B` in `env` is no name for a variable."},
      {"name = 'z'\n",
       "langs/zig/adapter.toml:1: a language needs at least one of [[batch.exec]], [query] and "
       "[tty]."},
  };
  for (const auto& [toml, message] : rows) CHECK(fault_in(toml) == message);
  CHECK(fault_in("name = 'z'\n[syntax]\nkeyword = []\n").find("did you mean `keywords`?") !=
        std::string::npos);
  CHECK(fault_in("name = 'z'\n[syntax]\nblock_comment = ['/*']\n") ==
        "langs/zig/adapter.toml:2: `syntax.block_comment` is what begins such a comment and what "
        "ends it.");
}

TEST_CASE("what is no TOML is told with its line") {
  CHECK(fault_in("name = 'z'\n= 3\n").starts_with("langs/zig/adapter.toml:2: "));
  CHECK(fault_in("name = 'z'\nname = 'z'\n").starts_with("langs/zig/adapter.toml:2: "));
  CHECK(fault_in(std::string_view("\x00\xFF", 2)).starts_with("langs/zig/adapter.toml:1: "));
}

TEST_CASE("how a language looks is read apart from the rest") {
  const Result<SyntaxReply> syntax = parse_syntax(whole, "langs/zig");
  REQUIRE(syntax.has_value());
  CHECK(*syntax == SyntaxReply{"//", {"/*", "*/"}, {R"(""")", "\""}, {"\""}, {"'"}, "?", {"fn"}});
  CHECK(*parse_syntax("name = 'z'\n", "langs/zig") == SyntaxReply{});
  CHECK_FALSE(parse_syntax("= 3\n", "langs/zig").has_value());
}
