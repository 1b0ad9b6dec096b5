// SPDX-License-Identifier: Apache-2.0
#include "run_bench.hpp"

using namespace quern;

namespace {

std::shared_ptr<RecordingPeer> peer(std::string conn = "c1") {
  return std::make_shared<RecordingPeer>(std::move(conn));
}

}  // namespace

TEST_CASE("events come stamped with the run's name and consecutive numbers") {
  RunBench bench;
  auto client = peer();
  auto run = bench.running(client);
  run->emit(out("a"));
  run->emit(Finished{});
  CHECK(client->stamped() ==
        std::vector<Stamped>{{"r", 0, {}, Accepted{}},
                             {"r", 1, {}, Started{}},
                             {"r", 2, {}, output_event(Stream::out, 0, false, "a")},
                             {"r", 3, {}, ended(1, 0)}});
}

TEST_CASE("there is exactly one finished, whatever is emitted after it") {
  RunBench bench;
  auto client = peer();
  auto run = bench.running(client);
  run->emit(Finished{});
  run->emit(Finished{.status = FinishedStatus::killed});
  run->emit(Accepted{});
  run->emit(Started{});
  run->emit(StepFinished{});
  run->emit(Shown{});
  run->emit(ErrorRaised{});
  run->emit(WaitingInput{});
  run->emit(InputTaken{});
  run->emit(Progressed{});
  run->emit(Closed{});
  run->ask("name?", false, PromptSource::asked);
  CHECK(client->events() == std::vector<Event>{Accepted{}, Started{}, ended(0, 0)});
  CHECK(run->phase() == RunPhase::closed);
  CHECK(run->finished()->status == FinishedStatus::ok);
}

TEST_CASE("nothing is a run's first event but accepted") {
  RunBench bench;
  auto client = peer();
  auto run = bench.run();
  run->attach(client, 0, default_window);
  run->emit(Started{});
  run->emit(out("too early"));
  run->emit(Finished{});
  CHECK(client->events().empty());
  run->emit(Accepted{});
  run->emit(Started{});
  run->emit(out("x"));
  CHECK(client->events() ==
        std::vector<Event>{Accepted{}, Started{}, output_event(Stream::out, 0, false, "x")});
}

TEST_CASE("offsets count each stream by itself, and finished tells how much there was") {
  RunBench bench;
  auto client = peer();
  auto run = bench.running(client);
  run->emit(out("abc"));
  run->emit(err("12"));
  run->emit(out("d"));
  run->emit(Finished{});
  CHECK(client->events() ==
        std::vector<Event>{Accepted{}, Started{}, output_event(Stream::out, 0, false, "abc"),
                           output_event(Stream::err, 0, false, "12"),
                           output_event(Stream::out, 3, false, "d"), ended(4, 2)});
  CHECK(run->stream_size(Stream::out) == 4);
  CHECK(run->stream_size(Stream::err) == 2);
}

TEST_CASE("what is written after the end is late output of the run, until it is closed") {
  RunBench bench;
  auto client = peer();
  auto run = bench.running(client);
  run->emit(out("abc"));
  run->emit(Finished{.open = true});
  CHECK(run->phase() == RunPhase::open);
  CHECK(run->state() == RunState::finished);
  run->emit(Note{"held-open", "x"});
  run->emit(out("late"));
  run->emit(Closed{});
  run->emit(Closed{});
  CHECK(client->events() ==
        std::vector<Event>{Accepted{}, Started{}, output_event(Stream::out, 0, false, "abc"),
                           ended(3, 0, true), Note{"held-open", "x"},
                           output_event(Stream::out, 3, true, "late"), Closed{}});
}

TEST_CASE("a run that never started has its ending too") {
  RunBench bench;
  auto client = peer();
  auto run = bench.run();
  run->attach(client, 0, default_window);
  run->emit(Accepted{});
  CHECK(run->end({EndReason::killed, "first", milliseconds{0}}));
  CHECK(run->end({EndReason::interrupted, "second", milliseconds{0}}));
  REQUIRE(run->end_request());
  CHECK(run->end_request()->cause == "first");
  run->emit(Finished{.status = FinishedStatus::aborted});
  CHECK_FALSE(run->end({EndReason::killed, "", milliseconds{0}}));
  CHECK(client->events().size() == 2);
}

TEST_CASE("a run hands ends and signals to its execution, while it has one") {
  RunBench bench;
  auto run = bench.running(nullptr);
  CHECK_FALSE(run->signal(SIGTERM));
  RecordingExecution execution;
  run->set_execution(&execution);
  CHECK(run->signal(SIGUSR1));
  execution.alive = false;
  CHECK_FALSE(run->signal(SIGUSR2));
  CHECK(run->end({EndReason::interrupted, "why", milliseconds{100}}));
  CHECK(execution.signals == std::vector<int>{SIGUSR1, SIGUSR2});
  REQUIRE(execution.ends.size() == 1);
  CHECK(execution.ends[0].cause == "why");
  run->emit(out("12345"));
  CHECK(execution.written == 5);
  run->emit(Finished{});
  CHECK_FALSE(run->signal(SIGTERM));
  CHECK_FALSE(run->end({}));
}

TEST_CASE("what a run waited for is told by its state, its prompt and its finished") {
  RunBench bench;
  auto run = bench.run();
  CHECK(run->waited() == WaitReply{RunState::queued, std::nullopt, std::nullopt});
  run->emit(Accepted{});
  CHECK(run->waited() == WaitReply{RunState::queued, std::nullopt, std::nullopt});
  run->emit(Started{.pid = 7});
  CHECK(run->waited() == WaitReply{RunState::running, std::nullopt, std::nullopt});
  run->ask("name?", true, PromptSource::asked);
  CHECK(run->waited() == WaitReply{RunState::waiting_input,
                                   WaitingInput{1, "name?", true, PromptSource::asked},
                                   std::nullopt});
  run->emit(Finished{.exit = 3});
  Finished finished = ended(0, 0);
  finished.exit = 3;
  CHECK(run->waited() == WaitReply{RunState::finished, std::nullopt, finished});
  CHECK(run->info(false).pid == 7);
}

TEST_CASE("every client hears the whole run, whenever it comes") {
  RunBench bench;
  auto first = peer("c1");
  auto second = peer("c2");
  auto run = bench.running(first);
  run->emit(out("a"));
  run->attach(second, 0, default_window);
  CHECK(second->heard.empty());  // not before its reply has gone out
  run->start_sending(*second);
  CHECK(second->stamped() == first->stamped());
  run->emit(out("b"));
  run->emit(Finished{});
  CHECK(first->events().size() == 5);
  CHECK(second->stamped() == first->stamped());
}

TEST_CASE("a client that attaches again begins where it says, and hears nothing twice") {
  RunBench bench;
  auto client = peer();
  auto run = bench.running(client);
  for (int i = 0; i < 10; ++i) run->emit(out("x"));
  client->heard.clear();
  run->attach(client, 9, default_window);
  run->start_sending(*client);
  run->emit(Finished{});
  CHECK(without_a_hole(*client, 9, 12));
}

TEST_CASE("a client that has been detached hears nothing more, and the run goes on") {
  RunBench bench;
  auto client = peer("c1");
  auto other = peer("c2");
  auto run = bench.running(client);
  run->attach(other, 0, default_window);
  run->start_sending(*other);
  run->detach(*client);
  run->detach(*client);
  const auto before = client->heard.size();
  run->emit(out("x"));
  run->emit(Finished{});
  CHECK(client->heard.size() == before);
  CHECK(other->events().size() == 4);
  CHECK(run->attached());
}

TEST_CASE("a client that loses its connection in the middle of being told disturbs nobody") {
  RunBench bench;
  auto client = peer("c1");
  auto other = peer("c2");
  auto run = bench.running(client);
  run->attach(other, 0, default_window);
  run->start_sending(*other);
  auto detach_later = [&](std::shared_ptr<Run> from) -> boost::asio::awaitable<void> {
    co_await boost::asio::post(boost::asio::use_awaitable);
    from->detach(*client);
  };
  // As the dispatcher does it, from inside of a send.
  client->on_event = [&](const Record&) {
    bench.tasks.spawn(detach_later(run));
    client->on_event = nullptr;
  };
  boost::asio::post(bench.io, [&] {
    run->emit(out("a"));
    run->emit(out("b"));
  });
  REQUIRE(bench.until([&] { return other->output() == "ab"; }));
  bench.turn();
  run->emit(out("c"));
  CHECK(client->output().size() < 3);
  CHECK(other->output() == "abc");
}

TEST_CASE("all clients' acknowledgements count, and the slowest governs") {
  RunBench bench;
  auto fast = peer("c1");
  auto slow = peer("c2");
  auto run = bench.running(fast);
  run->attach(slow, 0, default_window);
  run->start_sending(*slow);
  run->emit(out("x"));
  run->emit(Finished{});
  run->ack(*fast, 3);
  CHECK(run->journal().released() == -1);
  CHECK_FALSE(run->all_acked());
  run->ack(*slow, 1);
  CHECK(run->journal().released() == 1);
  run->ack(*slow, 3);
  CHECK(run->all_acked());
}

TEST_CASE("a run that is forgotten while its journal is at the disk leaves in peace") {
  bool room = false;
  RunBench bench;
  auto run = bench.running(nullptr);
  while (!run->full()) run->emit(out(std::string(256 * kib, 'x')));
  run->when_room([&] { room = true; });
  run->emit(Finished{});
  bench.io.poll_one();  // the carrying is under way
  run.reset();
  CHECK(bench.until([&] { return bench.spill.used() == 0; }));
  CHECK_FALSE(room);
}

TEST_CASE("who waits for room is called once when there is some") {
  int called = 0;
  RunBench bench;
  auto run = bench.running(nullptr);
  while (!run->full()) run->emit(out(std::string(256 * kib, 'x')));
  run->when_room([&] { ++called; });
  run->when_room([&] { ++called; });
  REQUIRE(bench.until([&] { return called > 0; }));
  CHECK_FALSE(run->full());
  bench.until([&] { return run->journal().in_memory() <= Journal::hot_limit; });
  CHECK(called == 2);
}
