// SPDX-License-Identifier: Apache-2.0
// What a journal does when its disk is full: what goes, what stays, who waits.
#include "journal_bench.hpp"

using namespace quern;

namespace {

constexpr std::size_t piece = 64 * kib;

// Appends output until the journal takes no more; how many bytes in all.
std::uint64_t fill_up(JournalBench& bench, Journal& journal, std::uint64_t off = 0) {
  // Full, and still full when the disk has nothing more to do.
  auto stuck = [&] {
    for (std::size_t before = 0; journal.full() && before != journal.in_memory();) {
      before = journal.in_memory();
      bench.turn();
      bench.get(bench.files.run([] { return true; }));  // behind all that was to be written
      bench.turn();
    }
    return journal.full();
  };
  while (!stuck()) {
    journal.append(output_of(std::string(piece, 'a'), Stream::out, off));
    off += piece;
    REQUIRE(off < 64 * mib);
  }
  return off;
}

std::uint64_t bytes_of(const std::vector<RecordPtr>& records) {
  std::uint64_t bytes = 0;
  for (const RecordPtr& record : records) bytes += record->wire();
  return bytes;
}

}  // namespace

TEST_CASE("a blocking journal that nobody reads fills up and loses nothing") {
  JournalBench bench;
  auto journal = bench.journal({8 * mib, Overflow::block});
  std::uint64_t written = fill_up(bench, *journal);
  CHECK(written > 8 * mib);
  CHECK(written <= 8 * mib + Journal::hot_limit + Journal::slack + 2 * SpillStore::unit);
  Reading reading = read_all(bench, *journal);
  CHECK(reading.missing.empty());
  CHECK(bytes_of(reading.records) == journal->total());
}

TEST_CASE(
    "what all clients have acknowledged makes room in a full journal, and who waited is called") {
  int called = 0;
  JournalBench bench;
  auto journal = bench.journal({4 * mib, Overflow::block});
  std::uint64_t off = fill_up(bench, *journal);
  journal->on_room([&] { ++called; });
  // Many times over, and each within the bound: a release is acted on when it comes.
  const auto begun = std::chrono::steady_clock::now();
  for (int round = 1; round <= 20; ++round) {
    const int before = called;
    journal->release(journal->next_seq() - 1);
    REQUIRE(bench.until([&] { return called > before; }));
    CHECK_FALSE(journal->full());
    while (!journal->full()) {
      journal->append(output_of(std::string(piece, 'b'), Stream::out, off));
      off += piece;
    }
  }
  CHECK(std::chrono::steady_clock::now() - begun < bench.bound);
}

TEST_CASE(
    "who found the journal full while it was being carried to disk is called when it is done") {
  int called = 0;
  JournalBench bench;
  auto journal = bench.journal();
  journal->on_room([&] { ++called; });
  std::uint64_t off = 0;
  auto append = [&] {
    journal->append(output_of(std::string(piece, 'a'), Stream::out, off));
    off += piece;
  };
  while (journal->in_memory() <= Journal::hot_limit) append();
  bench.io.poll_one();                // the carrying has begun, and was not full
  while (!journal->full()) append();  // somebody is told to wait
  REQUIRE(bench.until([&] { return !journal->full(); }));
  CHECK(bench.until([&] { return called > 0; }));
}

TEST_CASE("only what was released is evicted, and only beyond the bound on disk") {
  JournalBench bench;
  auto journal = bench.journal({8 * mib, Overflow::block});
  std::uint64_t off = 0;
  auto append = [&](std::uint64_t bytes) {
    for (const std::uint64_t end = off + bytes; off < end; off += piece)
      journal->append(output_of(std::string(piece, 'a'), Stream::out, off));
    REQUIRE(bench.settled(*journal));
  };
  append(6 * mib);
  journal->release(journal->next_seq() - 1);
  CHECK(read_all(bench, *journal).missing.empty());  // released, but there is room

  const std::int64_t released = journal->released();
  append(8 * mib);
  Reading reading = read_all(bench, *journal);
  REQUIRE(reading.missing.size() == 1);
  CHECK(reading.missing[0].from == 0);
  CHECK(reading.missing[0].to <= released);
  CHECK(bytes_of(reading.records) + reading.missing_bytes == journal->total());
  CHECK(bytes_of(reading.records) >= 8 * mib);
}

TEST_CASE("a dropping journal never fills up, and what is left and what is missing add up to all") {
  JournalBench bench;
  auto journal = bench.journal({4 * mib, Overflow::drop});
  std::mt19937 random(9);
  std::vector<std::string> kept;
  std::uint64_t off = 0;
  for (int i = 0; i < 2000; ++i) {
    if (i % 100 == 0) {
      kept.push_back("precious " + std::to_string(i));
      journal->append(precious(kept.back()));
    }
    std::string bytes = noise(random() % 40'000, random);
    journal->append(output_of(bytes, Stream::out, off));
    off += bytes.size();
    REQUIRE(bench.until([&] { return !journal->full(); }));
  }
  REQUIRE(bench.settled(*journal));

  Reading reading = read_all(bench, *journal);
  CHECK(bytes_of(reading.records) + reading.missing_bytes == journal->total());
  std::int64_t missing = 0;
  for (const Reading::Missing& one : reading.missing) missing += one.to - one.from + 1;
  CHECK(static_cast<std::int64_t>(reading.records.size()) + missing == journal->next_seq());
  CHECK(journal->held() <= 4 * mib + Journal::hot_limit + SpillStore::unit);

  std::vector<std::string> found;
  for (const RecordPtr& record : reading.records) {
    if (!record->droppable) found.push_back(record->head);
  }
  CHECK(found == kept);
}

TEST_CASE("pinned records are never dropped, however small the disk") {
  JournalBench bench(0);  // a spill that takes nothing
  auto journal = bench.journal({4 * mib, Overflow::drop});
  std::uint64_t off = 0;
  for (int i = 0; i < 300; ++i) {
    if (i % 30 == 0) journal->append(precious("p" + std::to_string(i)));
    journal->append(output_of(std::string(piece, 'a'), Stream::out, off));
    off += piece;
    bench.turn();
  }
  REQUIRE(bench.settled(*journal));
  Reading reading = read_all(bench, *journal);
  std::string found;
  for (const RecordPtr& record : reading.records) {
    if (!record->droppable) found += record->head + " ";
  }
  CHECK(found == "p0 p30 p60 p90 p120 p150 p180 p210 p240 p270 ");
  CHECK(bytes_of(reading.records) + reading.missing_bytes == journal->total());
}

TEST_CASE("a full journal that is forgotten gives its disk space back") {
  JournalBench bench;
  auto journal = bench.journal({4 * mib, Overflow::block});
  fill_up(bench, *journal);
  CHECK(bench.spill.used() >= 3 * mib);
  journal.reset();
  CHECK(bench.until([&] { return bench.spill.used() == 0; }));
}
