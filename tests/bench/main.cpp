// SPDX-License-Identifier: Apache-2.0
// quern_bench: reads the command line, measures, and prints the table.
#include "flood_floor.hpp"
#include "rounds.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

namespace quern::bench {
namespace {

namespace fs = std::filesystem;

// Enough to see that everything can be measured, and no more.
void make_quick(Plan& plan) {
  plan.rounds = 1;
  plan.queries = plan.batches = plan.prints = plan.keys = 3;
  plan.starts = plan.contexts = plan.commands = 1;
  plan.flood = 4 << 20;
  plan.idle = std::chrono::milliseconds(100);
}

// Both begin with the same interpreter and what is installed for it: the daemon, and the floor,
// find theirs on PATH.
void take_the_python_of(const std::string& kernel_python) {
  const char* path = std::getenv("PATH");
  const std::string folder = fs::absolute(kernel_python).parent_path().string();
  ::setenv("PATH", (path ? folder + ":" + path : folder).c_str(), 1);
}

int measure(Plan plan, bool quick, const std::string& json) {
  EchoFloor floor;
  if (!plan.kernel_python.empty() && !Kernel::stands_in(plan.kernel_python)) {
    std::fprintf(stderr, "quern_bench: %s has no ipykernel; it is left out.\n",
                 plan.kernel_python.c_str());
    plan.kernel_python.clear();
  }
  if (!plan.kernel_python.empty()) take_the_python_of(plan.kernel_python);
  Rounds rounds(plan, floor);
  rounds.run();
  const std::vector<Row> rows = rounds.rows();
  print_table(rows, stdout);
  if (!json.empty()) write_json(rows, json);
  int missed = 0;
  for (const Row& row : rows) missed += row.held() ? 0 : 1;
  if (missed > 0) std::printf("\n%d of %zu missed.\n", missed, rows.size());
  return missed > 0 && !quick ? 1 : 0;
}

int run(int argc, char** argv) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  Plan plan;
  plan.self = self.string();
  plan.quernd = (self.parent_path() / "quernd").string();
  plan.quern = (self.parent_path() / "quern").string();
  std::string json;
  bool quick = false;
  std::vector<std::string> forward;
  CLI::App app{
      "Measures quernd beside its floors, in turns. The exit code is 1 when a bound was missed."};
  app.add_option("--quernd", plan.quernd, "The daemon to measure")->capture_default_str();
  app.add_option("--quern", plan.quern, "The client to measure; empty: none")
      ->capture_default_str();
  app.add_option("--langs", plan.langs, "Its folder of languages, where it does not find one");
  app.add_option("--ipykernel", plan.kernel_python, "A Python that has ipykernel, to stand beside");
  app.add_option("--rounds", plan.rounds, "How often everything takes its turn")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--json", json, "Write what was measured to this file too");
  app.add_flag("--quick", quick,
               "One short round, which proves that all can be measured, not speed");
  app.add_option("--forward-flood", forward, "")->expected(2)->group("");  // the floor of output
  CLI11_PARSE(app, argc, argv);
  if (!forward.empty()) return forward_flood(forward[0], std::stoull(forward[1]));
  if (quick) make_quick(plan);
  return measure(std::move(plan), quick, json);
}

}  // namespace
}  // namespace quern::bench

int main(int argc, char** argv) {
  try {
    return quern::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "\nquern_bench: %s.\n", error.what());
    return 1;
  }
}
