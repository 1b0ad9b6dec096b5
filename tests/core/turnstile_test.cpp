// SPDX-License-Identifier: Apache-2.0
#include "turnstile.hpp"
#include "run_bench.hpp"

using namespace quern;

namespace asio = boost::asio;

namespace {

// Runs that line up, and what becomes of each: "in", "left", or nothing yet.
struct Line : RunBench {
  explicit Line(std::uint64_t capacity) : turnstile(capacity) {}
  ~Line() { end_tasks(); }

  void join(const std::string& name) {
    auto made = run(name);
    made->emit(Accepted{});
    runs[name] = made;
    auto place = turnstile.line_up(made);
    asio::post(io, [this, name, place] { tasks.spawn(pass_through(name, place)); });
    turn();
  }
  void leave(const std::string& name) {
    inside.erase(name);
    turn();
  }
  void abort(const std::string& name) {
    runs[name]->end({EndReason::aborted, "no more", milliseconds{0}});
    turn();
  }
  asio::awaitable<void> pass_through(std::string name, Turnstile::PlacePtr place) {
    std::optional<Turnstile::Pass> pass = co_await turnstile.enter(place);
    log += (pass ? "in:" : "out:") + name + " ";
    if (pass) inside.emplace(name, std::move(*pass));
  }

  std::map<std::string, std::shared_ptr<Run>> runs;
  Turnstile turnstile;
  std::map<std::string, Turnstile::Pass> inside;
  std::string log;
};

}  // namespace

TEST_CASE("so many as it holds pass at once, the others in the order they came") {
  Line line(2);
  CHECK(line.turnstile.free());
  for (const char* name : {"a", "b", "c", "d", "e"}) line.join(name);
  CHECK(line.log == "in:a in:b ");
  CHECK_FALSE(line.turnstile.free());
  CHECK(line.turnstile.inside() == 2);
  CHECK(line.turnstile.waiting() == 3);
  line.leave("b");
  line.leave("a");
  CHECK(line.log == "in:a in:b in:c in:d ");
  line.leave("c");
  line.leave("d");
  line.leave("e");
  CHECK(line.log == "in:a in:b in:c in:d in:e ");
  CHECK(line.turnstile.free());
  CHECK(line.turnstile.inside() == 0);
}

TEST_CASE("who is told to end leaves the line, and the others keep their order") {
  Line line(1);
  for (const char* name : {"a", "b", "c", "d"}) line.join(name);
  line.abort("c");
  CHECK(line.log == "in:a out:c ");
  CHECK(line.turnstile.waiting() == 2);
  line.leave("a");
  line.leave("b");
  CHECK(line.log == "in:a out:c in:b in:d ");
}

TEST_CASE("who is told to end at the moment of his turn passes it on") {
  Line line(1);
  for (const char* name : {"a", "b", "c"}) line.join(name);
  line.inside.erase("a");  // b is called, and has not heard it yet
  line.runs["b"]->end({EndReason::aborted, "", milliseconds{0}});
  line.turn();
  CHECK(line.log == "in:a out:b in:c ");
  CHECK(line.turnstile.inside() == 1);
}

TEST_CASE("who was told to end before he lined up does not hold up the line") {
  Line line(1);
  auto run = line.run("z");
  run->emit(Accepted{});
  run->end({EndReason::aborted, "", milliseconds{0}});
  CHECK_FALSE(line.get(line.turnstile.enter(line.turnstile.line_up(run))));
  CHECK(line.turnstile.free());
  line.join("a");
  CHECK(line.log == "in:a ");
}

TEST_CASE("all who wait can be dismissed, and who is inside stays") {
  Line line(1);
  for (const char* name : {"a", "b", "c"}) line.join(name);
  line.turnstile.dismiss({EndReason::aborted, "closed", milliseconds{0}});
  line.turn();
  CHECK(line.log == "in:a out:b out:c ");
  CHECK(line.runs["b"]->end_request()->cause == "closed");
  CHECK_FALSE(line.runs["a"]->end_request());
  CHECK(line.turnstile.waiting() == 0);
}

TEST_CASE("a pass that is moved is left once") {
  Line line(1);
  line.join("a");
  {
    Turnstile::Pass pass = std::move(line.inside.at("a"));
    line.inside.clear();
    CHECK(line.turnstile.inside() == 1);
  }
  CHECK(line.turnstile.inside() == 0);
}

namespace {

// Beside the runs of a Line: questions that line up.
struct Asker {
  explicit Asker(Line& in) : line(in) {}
  void ask(const std::string& name, Notifier::TimePoint deadline = Notifier::TimePoint::max()) {
    auto place = line.turnstile.line_up(std::make_shared<Notifier>(line.io.get_executor()));
    asio::post(line.io, [this, name, place, deadline] {
      line.tasks.spawn(pass_through(name, place, deadline));
    });
    line.turn();
  }
  asio::awaitable<void> pass_through(std::string name, Turnstile::PlacePtr place,
                                     Notifier::TimePoint deadline) {
    std::optional<Turnstile::Pass> pass = co_await line.turnstile.enter_by(place, deadline);
    line.log += (pass ? "in:" : "out:") + name + " ";
    if (pass) line.inside.emplace(name, std::move(*pass));
  }
  Line& line;
};

}  // namespace

TEST_CASE("questions pass in their turn among runs, and are not counted as runs") {
  Line line(1);
  Asker asker(line);
  line.join("a");
  asker.ask("q");
  line.join("b");
  CHECK(line.turnstile.runs() == 2);
  CHECK(line.turnstile.waiting() == 2);
  line.leave("a");
  CHECK(line.log == "in:a in:q ");
  CHECK(line.turnstile.inside() == 1);
  CHECK(line.turnstile.runs() == 1);
  line.leave("q");
  CHECK(line.log == "in:a in:q in:b ");
  line.leave("b");
  CHECK(line.turnstile.runs() == 0);
  CHECK(line.turnstile.free());
}

TEST_CASE("a question whose time is over leaves the line, and so does one that is dismissed") {
  Line line(1);
  Asker asker(line);
  line.join("a");
  asker.ask("late", std::chrono::steady_clock::now());
  CHECK(line.log == "in:a out:late ");
  asker.ask("q");
  line.join("b");
  line.turnstile.dismiss({EndReason::aborted, "closed", milliseconds{0}});
  line.turn();
  CHECK(line.turnstile.waiting() == 0);
  CHECK(line.log.find("out:q ") != std::string::npos);
  CHECK(line.log.find("out:b ") != std::string::npos);
}
