// SPDX-License-Identifier: Apache-2.0
// Windows, acknowledgements, gaps: what one client's reading of a run must hold, through the run.
#include "run_bench.hpp"

#include <random>
#include <unistd.h>

using namespace quern;

namespace {

// A client that keeps count of what it was sent and has not acknowledged.
struct Reader {
  explicit Reader(std::string conn, std::uint64_t window)
      : peer(std::make_shared<RecordingPeer>(std::move(conn))), window(window) {
    peer->on_event = [this](const Record& record) {
      if (unacked() >= this->window) overrun = true;
      last = record.seq;
      next = record.seq + 1;
      sent += record.wire();
      behind.emplace_back(record.seq, sent);
    };
  }
  std::uint64_t unacked() const { return sent - acked; }
  void ack(Run& run, std::int64_t seq) {
    for (const auto& [each, upto] : behind) {
      if (each <= seq) acked = std::max(acked, upto);
    }
    std::erase_if(behind, [&](const auto& one) { return one.first <= seq; });
    run.ack(*peer, seq);
  }

  std::shared_ptr<RecordingPeer> peer;
  std::uint64_t window;
  std::uint64_t sent = 0;
  std::uint64_t acked = 0;
  std::int64_t last = -1;
  std::int64_t next = 0;
  bool overrun = false;
  std::vector<std::pair<std::int64_t, std::uint64_t>> behind;
};

// A run, and what it has written: without repetition, so that each byte has its place.
struct Writer : RunBench {
  using RunBench::RunBench;
  void write(Run& run, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>('a' + random() % 26);
    written += bytes;
    run.emit(out(bytes));
  }
  // Acknowledges all it gets until there is nothing more to get.
  void read_to_end(Run& run, Reader& reader) {
    while (!reader.peer->finished() && reader.next < run.journal().next_seq()) {
      const std::int64_t before = reader.next;
      if (before > 0) reader.ack(run, before - 1);
      REQUIRE(until([&] { return reader.next > before; }));
    }
  }
  std::mt19937 random{17};
  std::string written;
};

}  // namespace

TEST_CASE("a client that acknowledges nothing is sent its window and at most one event more") {
  Writer bench;
  Reader reader("c1", 64 * kib);
  auto run = bench.run();
  run->attach(reader.peer, 0, reader.window);
  run->emit(Accepted{});
  run->emit(Started{});
  for (int i = 0; i < 100; ++i) bench.write(*run, 5000);
  run->emit(Finished{});
  bench.turn();
  CHECK_FALSE(reader.overrun);
  CHECK(reader.unacked() >= reader.window);
  CHECK_FALSE(reader.peer->finished());

  bench.read_to_end(*run, reader);
  CHECK_FALSE(reader.overrun);
  CHECK(reader.peer->output() == bench.written);
  CHECK(without_a_hole(*reader.peer, 0, 102));
}

TEST_CASE("one event may be larger than the window") {
  Writer bench;
  Reader reader("c1", 64 * kib);
  auto run = bench.run();
  run->attach(reader.peer, 0, reader.window);
  run->emit(Accepted{});
  run->emit(Started{});
  bench.write(*run, 200 * kib);
  bench.write(*run, 200 * kib);
  CHECK(reader.last == 2);
  reader.ack(*run, 2);
  CHECK(reader.last == 3);
}

TEST_CASE("acknowledgements come in any order, and the window still holds") {
  Writer bench;
  Reader reader("c1", 64 * kib);
  auto run = bench.run();
  run->attach(reader.peer, 0, reader.window);
  run->emit(Accepted{});
  run->emit(Started{});
  std::mt19937 random(23);
  for (int i = 0; i < 3000; ++i) {
    bench.write(*run, random() % 4000);
    std::int64_t seq = reader.last - static_cast<std::int64_t>(random() % 40) + 10;
    if (random() % 3 == 0) reader.ack(*run, std::max<std::int64_t>(0, std::min(seq, reader.last)));
    if (random() % 50 == 0) run->ack(*reader.peer, reader.last / 2);  // long known
    if (random() % 50 == 0) reader.ack(*run, reader.last);
  }
  run->emit(Finished{});
  bench.read_to_end(*run, reader);
  CHECK_FALSE(reader.overrun);
  CHECK(reader.peer->output() == bench.written);
}

TEST_CASE("an acknowledgement of what has not been sent counts for no more than what has") {
  Writer bench;
  Reader reader("c1", 64 * kib);
  auto run = bench.run();
  run->attach(reader.peer, 0, reader.window);
  run->emit(Accepted{});
  run->emit(Started{});
  for (int i = 0; i < 200; ++i) bench.write(*run, 5000);
  run->ack(*reader.peer, 1'000'000);
  reader.acked = reader.sent;
  CHECK(run->journal().released() < 100);
  CHECK(reader.last < 199);
}

TEST_CASE("a client that reads slowly does not hold back one that reads fast") {
  Writer bench;
  Reader slow("slow", 64 * kib);
  Reader fast("fast", 256 * kib);
  auto run = bench.run();
  run->attach(slow.peer, 0, slow.window);
  run->attach(fast.peer, 0, fast.window);
  run->emit(Accepted{});
  run->emit(Started{});
  for (int i = 0; i < 400; ++i) {
    bench.write(*run, 30'000);
    fast.ack(*run, fast.last);
    REQUIRE(bench.until([&] {
      fast.ack(*run, fast.last);
      return fast.last + 1 == run->journal().next_seq();
    }));
    if (i % 20 == 0) slow.ack(*run, slow.last);
  }
  run->emit(Finished{});
  bench.read_to_end(*run, fast);
  CHECK(fast.peer->output() == bench.written);
  CHECK(slow.peer->output().size() < bench.written.size() / 2);
  CHECK(run->journal().released() <= slow.last);

  bench.read_to_end(*run, slow);
  CHECK_FALSE((slow.overrun || fast.overrun));
  CHECK(slow.peer->stamped() == fast.peer->stamped());
}

TEST_CASE("a client that comes late reads from the disk and goes on live without a seam") {
  Writer bench;
  auto run = bench.running(nullptr);
  for (int i = 0; i < 600; ++i) bench.write(*run, 20'000);
  Reader late("late", 256 * kib);
  run->attach(late.peer, 0, late.window);
  run->start_sending(*late.peer);
  for (int i = 0; i < 600; ++i) {
    bench.write(*run, 20'000);
    bench.turn();
    late.ack(*run, late.last);
  }
  run->emit(Finished{});
  bench.read_to_end(*run, late);
  CHECK_FALSE(late.overrun);
  CHECK(without_a_hole(*late.peer, 0, 1202));
  CHECK((late.peer->output() == bench.written));
}

TEST_CASE("what is gone is told by one gap with exact numbers, and then it goes on live") {
  StartRun spec;
  spec.overflow = Overflow::drop;
  Writer bench;
  bench.limits.journal = 4 * mib;
  auto run = bench.running(nullptr, spec);
  for (int i = 0; i < 1000; ++i) {
    bench.write(*run, 20'000);
    bench.turn();
  }
  REQUIRE(bench.until([&] { return run->journal().in_memory() <= Journal::hot_limit; }));
  Reader late("late", 1 * mib);
  run->attach(late.peer, 0, late.window);
  run->start_sending(*late.peer);
  for (int i = 0; i < 50; ++i) bench.write(*run, 20'000);
  run->emit(Finished{});
  bench.read_to_end(*run, late);

  std::uint64_t missing = 0;
  std::size_t gaps = 0;
  for (const Stamped& one : late.peer->stamped()) {
    const auto* gap = std::get_if<Gap>(&one.event);
    if (!gap) continue;
    ++gaps;
    missing += gap->bytes;
  }
  CHECK(gaps == 1);
  CHECK(without_a_hole(*late.peer, 0, run->journal().next_seq() - 1));
  CHECK(missing + late.peer->wire == run->journal().total());
  CHECK(late.peer->events().front() == Event(Accepted{}));
  std::string got = late.peer->output();
  CHECK((bench.written.substr(bench.written.size() - got.size()) == got));
}

TEST_CASE(
    "a client that attaches behind a seq gets a gap that begins right there, and then the rest") {
  StartRun spec;
  spec.overflow = Overflow::drop;
  Writer bench;
  bench.limits.journal = 4 * mib;
  Reader first("c1", 64 * mib);
  auto run = bench.run("r", spec);
  run->attach(first.peer, 0, first.window);
  run->emit(Accepted{});
  run->emit(Started{});
  for (int i = 0; i < 100; ++i) bench.write(*run, 20'000);
  const std::int64_t had = first.last;
  first.ack(*run, had);
  run->detach(*first.peer);
  for (int i = 0; i < 1000; ++i) {
    bench.write(*run, 20'000);
    bench.turn();
  }
  run->emit(Finished{});
  Reader again("c2", 64 * mib);
  run->attach(again.peer, had + 1, again.window);
  run->start_sending(*again.peer);
  bench.read_to_end(*run, again);
  const std::vector<Stamped> heard = again.peer->stamped();
  const auto* gap = std::get_if<Gap>(&heard.front().event);
  REQUIRE(gap);
  CHECK(gap->from == had + 1);
  CHECK(without_a_hole(*again.peer, had + 1, run->journal().next_seq() - 1));
  // How much it has had before is not known any more, so bytes may count that too.
  CHECK(gap->bytes + again.peer->wire <= run->journal().total());
  CHECK(gap->bytes + first.peer->wire + again.peer->wire >= run->journal().total());
}

TEST_CASE("a client that leaves while the disk is read for it hears nothing more") {
  Writer bench;
  auto run = bench.running(nullptr);
  for (int i = 0; i < 600; ++i) bench.write(*run, 20'000);
  REQUIRE(bench.until([&] { return run->journal().in_memory() <= Journal::hot_limit; }));
  Reader reader("c1", 4 * mib);
  run->attach(reader.peer, 0, reader.window);
  run->start_sending(*reader.peer);
  CHECK(reader.sent == 0);  // it must be read first
  run->detach(*reader.peer);
  bench.end_tasks();
  CHECK(reader.peer->heard.empty());
}

TEST_CASE("a run that is forgotten while the disk is read for a client leaves in peace") {
  Writer bench;
  auto run = bench.running(nullptr);
  for (int i = 0; i < 600; ++i) bench.write(*run, 20'000);
  REQUIRE(bench.until([&] { return run->journal().in_memory() <= Journal::hot_limit; }));
  Reader reader("c1", 4 * mib);
  run->attach(reader.peer, 0, reader.window);
  run->start_sending(*reader.peer);
  run.reset();
  CHECK(bench.until([&] { return bench.spill.used() == 0; }));
}

TEST_CASE("what the disk does not give back is told by a gap, and nobody else is disturbed") {
  Writer bench;
  auto run = bench.running(nullptr);
  for (int i = 0; i < 600; ++i) bench.write(*run, 20'000);
  REQUIRE(bench.until([&] { return run->journal().in_memory() <= Journal::hot_limit; }));
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone && target.starts_with(bench.dir.path().string()))
      REQUIRE(::ftruncate(std::stoi(entry.path().filename().string()), 0) == 0);
  }
  Reader reader("c1", 64 * mib);
  run->attach(reader.peer, 0, reader.window);
  run->start_sending(*reader.peer);
  run->emit(Finished{});
  REQUIRE(bench.until([&] { return reader.peer->finished(); }));
  CHECK(without_a_hole(*reader.peer, 0, run->journal().next_seq() - 1));
  std::uint64_t missing = 0;
  for (const Event& event : reader.peer->events()) {
    if (const auto* gap = std::get_if<Gap>(&event)) missing += gap->bytes;
  }
  CHECK(missing > 0);
  CHECK(missing + reader.peer->wire == run->journal().total());
}
