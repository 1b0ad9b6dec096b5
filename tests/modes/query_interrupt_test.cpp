// SPDX-License-Identifier: Apache-2.0
// What an interrupted query sends to its worker, who is a script and takes no notice.
#include "core_world.hpp"
#include "query.hpp"
#include "recording_peer.hpp"
#include "scripted_launcher.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

using namespace quern;

namespace {

struct QueryBench : CoreWorld {
  explicit QueryBench(const std::string& keys) {
    std::filesystem::create_directories(dir.path() / "langs" / "toy");
    std::ofstream(dir.path() / "langs" / "toy" / "adapter.toml")
        << "name = 'toy'\ntitle = 'Toy'\n[query]\nworker = ['toy']\n"
        << keys;
    Result<Languages> read = Languages::read(dir.path() / "langs", "/usr/bin:/bin");
    if (!read) FAIL(read.error().message);
    languages = std::move(*read);
    query.emplace(io.get_executor(), Query::Parts{languages, contexts, slots, {}});
  }
  ~QueryBench() {
    boost::asio::post(io, [this] { tasks.spawn(contexts.end_all("The test is over.")); });
    CHECK(until([&] { return run->finished().has_value(); }));
    run.reset();
    end_tasks();
  }

  // One whose snippet has printed something, so that it has surely begun.
  void interrupt(ChildScript worker) {
    launcher.script({std::move(worker)
                         .after_writing(4, "ready version=1\n")
                         .ignoring(SIGINT)
                         .ignoring(SIGURG)});
    StartRun spec;
    spec.mode = RunMode::query;
    spec.lang = "toy";
    run = std::make_shared<Run>(tasks, spill, limits, counters, "r", std::move(spec));
    Result<Admission> admission = query->accept(run);
    if (!admission) FAIL(admission.error().message);
    run->attach(client, 0, default_window);
    run->emit(Accepted{});
    boost::asio::post(io, [this] { tasks.spawn(query->execute(run)); });
    REQUIRE(until([&] { return run->phase() == RunPhase::running; }));
    launcher.write(ScriptedLauncher::first_pid, 1, "begun");
    REQUIRE(until([&] { return heard_output(); }));
    boost::asio::post(
        io, [this] { run->end({EndReason::interrupted, "why", std::chrono::minutes{9}, SIGINT}); });
    turn();
  }
  bool heard_output() const {
    const std::vector<Event> events = client->events();
    return std::any_of(events.begin(), events.end(),
                       [](const Event& event) { return std::holds_alternative<Output>(event); });
  }
  bool insisted(int times) {
    return until([&] { return launcher.again >= times; });
  }
  std::vector<int> sent() const {
    std::vector<int> numbers;
    for (const ScriptedLauncher::Sent& one : launcher.signals) numbers.push_back(one.number);
    return numbers;
  }

  DaemonLimits limits;
  Counters counters;
  Languages languages;
  ScriptedLauncher launcher{io.get_executor()};
  Contexts contexts{tasks, launcher, {}, dir, 4};
  Turnstile slots{4};
  std::shared_ptr<RecordingPeer> client = std::make_shared<RecordingPeer>();
  std::optional<Query> query;
  std::shared_ptr<Run> run;
};

ChildScript who_forks() {
  ChildScript script = never_ends();
  script.forks = true;
  return script;
}

}  // namespace

TEST_CASE("a worker that is urged is so with each interrupt of everybody, and no more often") {
  QueryBench quiet("urge = true\n");
  quiet.interrupt(never_ends());
  REQUIRE(quiet.insisted(2));
  CHECK(quiet.sent() == std::vector<int>{SIGINT, SIGURG});

  QueryBench forking("urge = true\n");
  forking.interrupt(who_forks());
  REQUIRE(forking.insisted(1));
  CHECK(forking.sent() == std::vector<int>{SIGINT, SIGURG, SIGINT, SIGURG});
}

TEST_CASE(
    "a worker whose own process is to hear another signal is told so before it is interrupted") {
  QueryBench bench("urge = 'instead'\n");
  bench.interrupt(never_ends());
  CHECK(bench.launcher.spared == std::vector<std::pair<int, int>>{{SIGINT, SIGRTMAX}});
  CHECK(bench.sent() == std::vector<int>{SIGINT});
}

TEST_CASE("a worker that is not to be urged gets the interrupt alone") {
  QueryBench bench("");
  bench.interrupt(never_ends());
  REQUIRE(bench.insisted(2));
  CHECK(bench.sent() == std::vector<int>{SIGINT});
  CHECK(bench.launcher.spared.empty());
}
