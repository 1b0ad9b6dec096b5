// SPDX-License-Identifier: Apache-2.0
#include "registry.hpp"
#include "run_bench.hpp"

using namespace quern;

namespace {

struct Names : RunBench {
  explicit Names(std::uint64_t limit) : registry(io.get_executor(), limit) {}
  ~Names() { end_tasks(); }

  std::shared_ptr<Run> add(const std::string& name, milliseconds keep = default_keep) {
    StartRun spec;
    spec.keep = keep;
    spec.fingerprint = 42;
    auto made = run(name, spec);
    made->emit(Accepted{});
    registry.add(made);
    return made;
  }
  void finish(const std::shared_ptr<Run>& run) {
    run->emit(Finished{});
    registry.finished(run);
  }
  // Finished, and acknowledged by a client.
  void finish_read(const std::shared_ptr<Run>& run) {
    RecordingPeer peer;
    run->emit(Finished{});
    std::shared_ptr<Peer> client(&peer, [](Peer*) {});
    run->attach(client, 0, default_window);
    run->start_sending(peer);
    run->ack(peer, 1);
    run->detach(peer);
    registry.finished(run);
  }
  std::string names() const {
    std::string all;
    for (const auto& [name, run] : registry.runs()) all += name + " ";
    return all;
  }

  Registry registry;
};

}  // namespace

TEST_CASE("a name serves once, whatever becomes of its run") {
  Names names(10);
  CHECK_FALSE(names.registry.used("a"));
  auto run = names.add("a");
  CHECK(names.registry.used("a") == 42);
  CHECK(names.registry.find("a") == run);
  names.finish(run);
  names.registry.forget("a");
  CHECK(names.registry.find("a") == nullptr);
  CHECK(names.registry.used("a") == 42);
  CHECK_FALSE(names.registry.used("b"));
}

TEST_CASE("a finished run goes when its time to be kept is over, and no other") {
  Names names(10);
  boost::asio::post(names.io, [&] { names.tasks.spawn(names.registry.expire()); });
  names.turn();
  auto living = names.add("living", milliseconds{0});
  names.finish(names.add("long"));
  names.finish(names.add("short", milliseconds{30}));
  names.finish(names.add("none", milliseconds{0}));
  REQUIRE(names.until([&] { return names.registry.runs().size() == 2; }));
  CHECK(names.names() == "living long ");
}

TEST_CASE("of more finished runs than the limit the oldest that were read go first") {
  Names names(2);
  names.finish(names.add("unread"));
  names.finish_read(names.add("a"));
  names.finish_read(names.add("b"));
  CHECK(names.names() == "b unread ");
  names.finish_read(names.add("c"));
  CHECK(names.names() == "c unread ");
}

TEST_CASE("unread runs are kept up to four times the limit, then the oldest goes") {
  Names names(2);
  for (int i = 1; i <= 8; ++i) names.finish(names.add("r" + std::to_string(i)));
  CHECK(names.names() == "r1 r2 r3 r4 r5 r6 r7 r8 ");
  names.finish(names.add("r9"));
  CHECK(names.names() == "r2 r3 r4 r5 r6 r7 r8 r9 ");
}

TEST_CASE("runs that live do not count as finished") {
  Names names(1);
  for (int i = 1; i <= 10; ++i) names.add("r" + std::to_string(i));
  names.finish_read(names.add("done"));
  CHECK(names.registry.runs().size() == 11);
}

TEST_CASE("runs that were forgotten do not push out those that are kept") {
  Names names(3);
  names.finish_read(names.add("kept"));
  for (int i = 1; i <= 20; ++i) {
    const std::string name = "r" + std::to_string(i);
    names.finish_read(names.add(name));
    names.registry.forget(name);
  }
  CHECK(names.names() == "kept ");
}

TEST_CASE("a run that was forgotten before its last output finishes in peace") {
  Names names(1);
  auto run = names.add("a");
  run->emit(Finished{.open = true});
  names.registry.forget("a");
  names.registry.finished(run);
  CHECK(names.names() == "");
}
