// SPDX-License-Identifier: Apache-2.0
// Each run gets its one finished: whatever its mode comes to, and when the daemon is shut down.
#include "dispatcher_bench.hpp"

using namespace quern;

namespace asio = boost::asio;

namespace {

std::vector<std::string> endings(const RecordingPeer& peer) {
  std::vector<std::string> all;
  for (const Stamped& one : peer.stamped()) {
    if (const auto* finished = std::get_if<Finished>(&one.event))
      all.push_back(one.run + ": " + finished->cause);
  }
  return all;
}

// As main does it; tells when it is done.
asio::awaitable<void> close(Dispatcher& dispatcher, bool& done) {
  co_await dispatcher.closed();
  co_await dispatcher.end_everything();
  done = true;
}

void begin_closing(DispatcherBench& bench, bool& done) {
  asio::co_spawn(bench.io, close(*bench.dispatcher, done),
                 [](std::exception_ptr failed) { CHECK(failed == nullptr); });
}

}  // namespace

TEST_CASE("a mode that throws ends its run with an internal error, and the next run is served") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.plain.body = [](std::shared_ptr<Run> run) -> asio::awaitable<void> {
    run->emit(Started{});
    co_await asio::post(asio::use_awaitable);
    throw std::runtime_error("the roof is on fire");
  };
  bench.ask(client, "a", bench.start());
  const std::string cause = "quernd could not carry this run out: the roof is on fire.";
  ErrorRaised error;
  error.kind = ErrorKind::internal;
  error.name = "InternalError";
  error.message = cause;
  Finished finished;
  finished.status = FinishedStatus::error;
  finished.cause = cause;
  finished.error = ErrorSummary{"InternalError", cause};
  std::vector<Event> events = client->events();
  REQUIRE(events.size() == 4);
  CHECK(std::vector<Event>(events.begin() + 1, events.end()) ==
        std::vector<Event>{Started{}, error, finished});
  bench.plain.body = nullptr;
  bench.ask(client, "b", bench.start());
  CHECK(client->answer("b") == Reply(RunReply{"b"}));
}

TEST_CASE("a mode that forgets to end its run does not leave its clients waiting") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.plain.body = [](std::shared_ptr<Run>) -> asio::awaitable<void> { co_return; };
  bench.ask(client, "a", bench.start());
  CHECK(endings(*client).size() == 1);
}

TEST_CASE("a mode that throws after its run's end adds no second one, but closes it") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.plain.body = [](std::shared_ptr<Run> run) -> asio::awaitable<void> {
    run->emit(Finished{.cause = "done", .open = true});
    throw std::runtime_error("late");
    co_return;
  };
  bench.ask(client, "a", bench.start());
  CHECK(endings(*client) == std::vector<std::string>{"a: done"});
  CHECK(client->events().back() == Event(Closed{}));
}

TEST_CASE("a daemon that closes starts nothing new") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "s", Shutdown{milliseconds{100}});
  CHECK(client->answer("s") == Reply(Ok{}));
  CHECK(bench.dispatcher->closing());
  bench.ask(client, "a", bench.start());
  CHECK(refused(client->answer("a")) == ErrorCode::closing);
  bench.ask(client, "p", Ping{});
  CHECK(client->answer("p") == Reply(PingReply{"c1", "boot-1"}));
}

TEST_CASE("shutdown gives each run its finished, and then clients the time to take it") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  for (const char* name : {"a", "b", "c"}) bench.ask(client, name, bench.start());
  bench.find("b")->emit(Finished{.cause = "by itself"});
  bench.turn();
  bool done = false;
  begin_closing(bench, done);
  bench.ask(client, "s", Shutdown{milliseconds{0}});
  REQUIRE(bench.until([&] { return done; }));
  CHECK(endings(*client) == std::vector<std::string>{"b: by itself", "a: The daemon was shut down.",
                                                     "c: The daemon was shut down."});
}

TEST_CASE("a client that takes everything lets a closing daemon go before its grace is over") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bool done = false;
  begin_closing(bench, done);
  bench.find("a")->emit(Finished{});
  bench.ask(client, "s", Shutdown{std::chrono::minutes{9}});
  bench.turn();
  CHECK_FALSE(done);
  bench.ask(client, "k", Ack{"a", 2});
  CHECK(bench.until([&] { return done; }));
}

TEST_CASE("who asks a second time for the shutdown, and with less grace, hastens it") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bool done = false;
  begin_closing(bench, done);
  bench.ask(client, "s1", Shutdown{std::chrono::minutes{9}});
  bench.turn();
  CHECK(bench.plain.last_grace == std::chrono::minutes{9});
  CHECK_FALSE(client->finished());
  bench.ask(client, "s2", Shutdown{milliseconds{0}});
  CHECK(bench.until([&] { return client->finished(); }));
  bench.until([&] { return done; });
  CHECK(done);  // the unread rest is not waited for either
  // However this came out, nothing is left for the end of the test.
  if (!client->finished()) bench.find("a")->emit(Finished{});
}

TEST_CASE("a second request with more grace does not put off the end") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bool done = false;
  begin_closing(bench, done);
  bench.ask(client, "s1", Shutdown{milliseconds{0}});
  bench.ask(client, "s2", Shutdown{std::chrono::minutes{9}});
  CHECK(bench.until([&] { return done; }));
}
