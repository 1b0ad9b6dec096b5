// SPDX-License-Identifier: Apache-2.0
#include "journal_bench.hpp"

using namespace quern;

TEST_CASE("records are numbered from 0 on and read in the order they were appended") {
  JournalBench bench;
  auto journal = bench.journal();
  CHECK(journal->next(0).kind == Journal::Next::Kind::nothing);
  RecordPtr first = journal->append(precious("accepted"));
  RecordPtr second = journal->append(output_of("abc", Stream::out, 0));
  RecordPtr third = journal->append(precious("finished"));

  CHECK(first->seq == 0);
  CHECK(second->seq == 1);
  CHECK(second->total_before == 8);
  CHECK(third->total_before == 12);
  CHECK(journal->next_seq() == 3);
  CHECK(journal->total() == 20);
  CHECK(journal->next(1).record == second);
  CHECK(journal->next(3).kind == Journal::Next::Kind::nothing);
  CHECK(read_all(bench, *journal).records == std::vector<RecordPtr>{first, second, third});
}

TEST_CASE(
    "a journal of random records goes cold and is read back byte for byte, with little in memory") {
  JournalBench bench;
  auto journal = bench.journal();
  std::mt19937 random(7);
  std::vector<Record> written;
  std::uint64_t off[2] = {0, 0};
  std::uint64_t most_in_memory = 0;
  std::uint64_t total = 0;
  while (total < 50 * mib) {
    std::size_t kind = random() % 10;
    std::size_t size = kind == 0  ? 256 * kib - random() % 3
                       : kind < 4 ? random() % 60'000
                                  : random() % 300;
    std::size_t stream = random() % 2;
    Record record =
        kind == 9 ? precious(noise(size, random))
                  : output_of(noise(size, random), stream ? Stream::err : Stream::out, off[stream]);
    if (kind != 9) off[stream] += size;
    written.push_back(record);
    RecordPtr kept = journal->append(std::move(record));
    written.back().seq = kept->seq;
    written.back().total_before = kept->total_before;
    total += kept->wire();
    REQUIRE(bench.until([&] { return !journal->full(); }));
    most_in_memory = std::max(most_in_memory, journal->in_memory());
  }
  REQUIRE(bench.settled(*journal));

  Reading reading = read_all(bench, *journal);
  CHECK(reading.missing.empty());
  REQUIRE(reading.records.size() == written.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!same(*reading.records[i], written[i])) FAIL("record " << i << " is not what was written");
  }
  CHECK(most_in_memory <= Journal::hot_limit + Journal::slack + mib);
  CHECK(journal->held() >= total);
  CHECK(bench.spill.used() <= total + total / 4);
}

TEST_CASE("a cursor in the middle of what is cold begins exactly there") {
  JournalBench bench;
  auto journal = bench.journal();
  for (int i = 0; i < 5000; ++i)
    journal->append(output_of(std::string(2000, 'a'), Stream::out, 2000u * unsigned(i)));
  REQUIRE(bench.settled(*journal));
  for (std::int64_t from : {1, 499, 500, 2500, 4998, 4999}) {
    Reading reading = read_all(bench, *journal, from);
    REQUIRE(reading.records.size() == static_cast<std::size_t>(5000 - from));
    CHECK(reading.records.front()->seq == from);
    CHECK(reading.missing.empty());
  }
}

TEST_CASE("a cursor that reads while the journal goes cold misses nothing") {
  JournalBench bench;
  auto journal = bench.journal();
  std::string read;
  std::string written;
  std::int64_t seq = 0;
  std::mt19937 random(3);
  auto read_one = [&] {
    Journal::Next next = journal->next(seq);
    if (next.kind == Journal::Next::Kind::record) {
      read += next.record->body.view();
      seq = next.record->seq + 1;
    } else if (next.kind == Journal::Next::Kind::cold) {
      for (const RecordPtr& record : bench.get(journal->read(next.batch))) {
        if (record->seq < seq) continue;
        read += record->body.view();
        seq = record->seq + 1;
      }
    } else {
      REQUIRE(next.kind == Journal::Next::Kind::nothing);
    }
  };
  for (int i = 0; i < 300; ++i) {
    std::string bytes = noise(random() % 100'000, random);
    journal->append(output_of(bytes, Stream::out, written.size()));
    written += bytes;
    bench.turn();
    if (random() % 3 == 0) read_one();
  }
  while (seq < journal->next_seq()) read_one();
  CHECK(read == written);
}

TEST_CASE("the tail begins with the last record that holds so many bytes, or a little before it") {
  JournalBench bench;
  auto journal = bench.journal();
  for (int i = 0; i < 100; ++i)
    journal->append(output_of(std::string(99, 'a'), Stream::out, 99u * unsigned(i)));
  CHECK(journal->tail(100) == 99);
  CHECK(journal->tail(101) == 98);
  CHECK(journal->tail(1000) == 90);
  CHECK(journal->tail(10'000) == 0);
  CHECK(journal->tail(~std::uint64_t{0}) == 0);
  CHECK(bench.journal()->tail(1000) == 0);
}

TEST_CASE("the tail of a cold journal is at most a batch longer than asked for") {
  JournalBench bench;
  auto journal = bench.journal();
  const std::size_t size = 10'000;
  for (unsigned i = 0; i < 1000; ++i)
    journal->append(output_of(std::string(size, 'a'), Stream::out, size * i));
  REQUIRE(bench.settled(*journal));
  for (std::uint64_t bytes : {1 * mib, 3 * mib, 9 * mib}) {
    std::uint64_t got = (1000 - static_cast<std::uint64_t>(journal->tail(bytes))) * (size + 1);
    CHECK(got >= bytes);
    CHECK(got <= bytes + SpillStore::unit + size);
  }
}

TEST_CASE("a settled journal keeps little in memory and all on disk") {
  JournalBench bench;
  auto journal = bench.journal();
  std::string written;
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    std::string bytes = noise(10'000, random);
    journal->append(output_of(bytes, Stream::out, written.size()));
    written += bytes;
  }
  CHECK(bench.spill.used() == 0);
  journal->settle();
  REQUIRE(bench.until([&] { return journal->in_memory() <= Journal::settled_limit; }));
  std::string read;
  for (const RecordPtr& record : read_all(bench, *journal).records) read += record->body.view();
  CHECK(read == written);
}

TEST_CASE("a journal that is forgotten while it is being written or read gives its space back") {
  JournalBench bench;
  auto journal = bench.journal();
  for (unsigned i = 0; i < 500; ++i)
    journal->append(output_of(std::string(10'000, 'a'), Stream::out, 10'000u * i));
  journal.reset();
  bench.end_tasks();
  CHECK(bench.spill.used() == 0);
}
