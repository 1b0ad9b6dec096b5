// SPDX-License-Identifier: Apache-2.0
#include "dispatcher_bench.hpp"

using namespace quern;

namespace asio = boost::asio;

namespace {

// What a client has heard, in words: replies by their id, events by their number.
std::string order(const RecordingPeer& peer) {
  std::string words;
  for (const RecordingPeer::Heard& one : peer.heard) {
    if (const auto* answer = std::get_if<Answer>(&one)) words += "re:" + answer->id + " ";
    if (const auto* event = std::get_if<Stamped>(&one)) words += std::to_string(event->seq) + " ";
  }
  return words;
}

}  // namespace

TEST_CASE("the reply to run comes before its first event, and names it") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  CHECK(order(*client) == "re:a 0 1 ");
  CHECK(client->answer("a") == Reply(RunReply{"a"}));
  Accepted accepted;
  accepted.cwd = "/somewhere";
  std::vector<Event> events = client->events();
  accepted.wall_us = std::get<Accepted>(events[0]).wall_us;
  CHECK(accepted.wall_us > 1'700'000'000'000'000);
  CHECK(events == std::vector<Event>{accepted, Started{.pid = 7}});
}

TEST_CASE("a run that its mode refuses leaves nothing behind, not even its name") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.plain.refusal = Error{ErrorCode::bad_request, "Not like this."};
  bench.ask(client, "a", bench.start());
  CHECK(client->answers() ==
        std::vector<Answer>{{"a", Error{ErrorCode::bad_request, "Not like this."}}});
  CHECK(bench.find("a") == nullptr);
  bench.plain.refusal.reset();
  client->heard.clear();
  bench.ask(client, "a", bench.start());
  CHECK(client->answer("a") == Reply(RunReply{"a"}));
}

TEST_CASE(
    "a name that was used answers exists, with the state, and whether it was the same request") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  auto other = bench.peer("c2");
  bench.ask(client, "a", bench.start(1));
  bench.ask(other, "a", bench.start(1));
  bench.ask(client, "a", bench.start(2));
  auto exists = std::get<ExistsReply>(other->answer("a"));
  CHECK(exists.same);
  CHECK(exists.state == RunState::running);
  CHECK_FALSE(std::get<ExistsReply>(client->answers().at(1).reply).same);
  CHECK(other->events().empty());  // it is not attached by that

  bench.find("a")->emit(Finished{});
  bench.turn();
  bench.ask(client, "f", Forget{"a"});
  other->heard.clear();
  bench.ask(other, "a", bench.start(1));
  exists = std::get<ExistsReply>(other->answer("a"));
  CHECK(exists.same);
  CHECK(exists.state == RunState::finished);
  CHECK(bench.plain.accepted == std::vector<std::string>{"a"});
}

TEST_CASE("a run for another boot is not found") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  StartRun spec = bench.start();
  spec.boot = "boot-0";
  bench.ask(client, "a", spec);
  CHECK(refused(client->answer("a")) == ErrorCode::not_found);
  spec.boot = "boot-1";
  bench.ask(client, "b", spec);
  CHECK(client->answer("b") == Reply(RunReply{"b"}));
}

TEST_CASE("the terminal of a run is resized while it is there, and its clients are told") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  StartRun terminal;
  terminal.mode = RunMode::tty;
  bench.ask(client, "t", terminal);
  bench.plain.resizable = true;
  bench.ask(client, "r1", Resize{"t", 30, 100});
  CHECK(client->answer("r1") == Reply(Ok{}));
  CHECK(client->events().back() == Event(Resized{30, 100}));
  bench.ask(client, "a", bench.start());
  bench.ask(client, "r2", Resize{"a", 30, 100});
  CHECK(refused(client->answer("r2")) == ErrorCode::unsupported);
  bench.find("t")->emit(Finished{});
  bench.turn();
  bench.ask(client, "r3", Resize{"t", 31, 100});
  CHECK(refused(client->answer("r3")) == ErrorCode::not_found);
}

TEST_CASE("ops on a run that is not there say so, and whether it ever was") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bench.find("a")->emit(Finished{});
  bench.turn();
  bench.ask(client, "f", Forget{"a"});
  CHECK(client->answer("f") == Reply(Ok{}));
  const std::vector<Op> ops{Input{.run = "a"},      Resize{"a", 1, 1},  Interrupt{"a"},
                            Signal{"a", "INT"},     Attach{.run = "a"}, Detach{"a"},
                            ReadOutput{.run = "a"}, Wait{"a", {}},      Forget{"a"}};
  int n = 0;
  for (const Op& op : ops) {
    const std::string id = "o" + std::to_string(n++);
    bench.ask(client, id, op);
    INFO(id);
    CHECK(client->answer(id) ==
          Reply(Error{ErrorCode::unknown_run,
                      "There is no run `a` any more: it was forgotten or has expired."}));
  }
  bench.ask(client, "never", Detach{"zz"});
  CHECK(client->answer("never") ==
        Reply(Error{ErrorCode::unknown_run, "There is no run `zz` in this boot."}));
  const auto before = client->heard.size();
  bench.ask(client, "ack", Ack{"a", 3});
  CHECK(client->heard.size() == before);  // the one op without a reply
}

TEST_CASE("ops on contexts that are not there name what is missing") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "o", OpenContext{.lang = "cobol"});
  bench.ask(client, "r", ResetContext{.lang = "cobol"});
  bench.ask(client, "c", CloseContext{.lang = "cobol"});
  for (const char* id : {"o", "r", "c"}) {
    CHECK(refused(client->answer(id)) == ErrorCode::unknown_language);
    CHECK(std::get<Error>(client->answer(id)).message.find("cobol") != std::string::npos);
  }
}

TEST_CASE("attach answers where it begins, then come the events, then it goes on live") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  auto late = bench.peer("c2");
  bench.ask(client, "a", bench.start());
  for (int i = 0; i < 5; ++i) bench.find("a")->emit(out("x"));
  bench.ask(late, "at", Attach{.run = "a", .after = 2});
  CHECK(late->answer("at") == Reply(AttachReply{3, RunState::running}));
  CHECK(order(*late) == "re:at 3 4 5 6 ");
  bench.find("a")->emit(Finished{});
  CHECK(order(*late) == "re:at 3 4 5 6 7 ");
  CHECK(order(*client) == "re:a 0 1 2 3 4 5 6 7 ");
}

TEST_CASE("attach behind the end begins at the end, however far behind") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  for (std::int64_t after :
       {std::int64_t{1}, std::int64_t{1000}, std::numeric_limits<std::int64_t>::max()}) {
    auto other = bench.peer("c2");
    bench.ask(other, "at", Attach{.run = "a", .after = after});
    CHECK(other->answer("at") == Reply(AttachReply{2, RunState::running}));
    bench.ask(other, "de", Detach{"a"});
  }
}

TEST_CASE("attach with a tail begins so many bytes before the end") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  for (int i = 0; i < 100; ++i) bench.find("a")->emit(out(std::string(1000, 'x')));
  auto other = bench.peer("c2");
  bench.ask(other, "at", Attach{.run = "a", .tail = 10'000});
  CHECK(other->wire >= 10'000);
  CHECK(other->wire <= 12'500);
  CHECK(other->stamped().back().seq == 101);
}

TEST_CASE("none of a run's events follows the reply to detach") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bench.ask(client, "d", Detach{"a"});
  bench.find("a")->emit(out("x"));
  bench.turn();
  CHECK(order(*client) == "re:a 0 1 re:d ");
}

TEST_CASE("a connection that is lost in the middle of an event disturbs neither run nor others") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  auto other = bench.peer("c2");
  bench.ask(client, "a", bench.start());
  bench.ask(client, "b", bench.start());
  bench.ask(other, "at", Attach{.run = "a"});
  client->on_event = [&](const Record&) {
    client->on_event = nullptr;
    bench.dispatcher->gone_soon(client);  // as a door does when it cannot send
  };
  asio::post(bench.io, [&] {
    bench.find("a")->emit(out("one"));
    bench.find("a")->emit(out("two"));
  });
  bench.turn();
  CHECK(other->output() == "onetwo");
  const auto before = client->heard.size();
  bench.find("a")->emit(out("three"));
  bench.find("b")->emit(out("three"));
  CHECK(client->heard.size() == before);
  CHECK(other->output() == "onetwothree");
  CHECK_FALSE(bench.find("b")->attached());
}

TEST_CASE("a run is forgotten only when it has finished") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bench.ask(client, "f1", Forget{"a"});
  CHECK(refused(client->answer("f1")) == ErrorCode::busy);
  bench.find("a")->emit(Finished{});
  bench.turn();
  bench.ask(client, "f2", Forget{"a"});
  CHECK(client->answer("f2") == Reply(Ok{}));
  CHECK(bench.find("a") == nullptr);
}

TEST_CASE("wait answers at its end: of its time, of the run, or at a prompt") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bench.ask(client, "w0", Wait{"a", milliseconds{0}});
  CHECK(client->answer("w0") == Reply(WaitReply{RunState::running, {}, {}}));
  bench.ask(client, "w1", Wait{"a", milliseconds{20}});
  bench.ask(client, "w2", Wait{"a", {}});
  CHECK_FALSE(client->answered("w2"));
  REQUIRE(bench.until([&] { return client->answered("w1"); }));
  CHECK_FALSE(client->answered("w2"));
  bench.find("a")->ask("?", false, PromptSource::asked);
  bench.turn();
  CHECK(std::get<WaitReply>(client->answer("w2")).prompt ==
        WaitingInput{1, "?", false, PromptSource::asked});
  bench.find("a")->close_prompt(InputOutcome::answered);
  bench.ask(client, "w3", Wait{"a", {}});
  bench.find("a")->emit(Finished{.exit = 3});
  bench.turn();
  CHECK(std::get<WaitReply>(client->answer("w3")).finished->exit == 3);
}

TEST_CASE("output is read by offset, from either end, and tells when there is no more") {
  DispatcherBench bench;
  auto client = bench.peer("c1");
  bench.ask(client, "a", bench.start());
  bench.find("a")->emit(out("0123456789"));
  int n = 0;
  auto read = [&](std::int64_t from, std::optional<std::uint64_t> length) {
    const std::string id = "o" + std::to_string(n++);
    bench.ask(client, id, ReadOutput{"a", Stream::out, from, length});
    return client->answer(id);
  };
  CHECK(read(0, {}) == Reply(OutputReply{0, 10, false, Blob("0123456789")}));
  CHECK(read(3, 4) == Reply(OutputReply{3, 10, false, Blob("3456")}));
  CHECK(read(-3, {}) == Reply(OutputReply{7, 10, false, Blob("789")}));
  CHECK(read(-300, 2) == Reply(OutputReply{0, 10, false, Blob("01")}));
  CHECK(read(50, {}) == Reply(OutputReply{10, 10, false, Blob()}));
  const auto lowest = std::numeric_limits<std::int64_t>::min();
  CHECK(read(lowest, 2) == Reply(OutputReply{0, 10, false, Blob("01")}));
  CHECK(read(2, std::numeric_limits<std::uint64_t>::max()) ==
        Reply(OutputReply{2, 10, false, Blob("23456789")}));
  bench.find("a")->emit(Finished{});
  CHECK(read(8, {}) == Reply(OutputReply{8, 10, true, Blob("89")}));
  CHECK(read(8, 1) == Reply(OutputReply{8, 10, false, Blob("8")}));
}
