// SPDX-License-Identifier: Apache-2.0
// Pieces of a stream by byte offset, wherever their records stand.
#include "journal_bench.hpp"

using namespace quern;

namespace {

struct Streams {
  std::string out;
  std::string err;
  std::string& of(Stream stream) { return stream == Stream::out ? out : err; }
};

Streams fill(JournalBench& bench, Journal& journal, std::size_t bytes) {
  Streams written;
  std::mt19937 random(11);
  while (written.out.size() + written.err.size() < bytes) {
    Stream stream = random() % 3 == 0 ? Stream::err : Stream::out;
    std::string piece = noise(random() % 20'000, random);
    journal.append(output_of(piece, stream, written.of(stream).size()));
    written.of(stream) += piece;
    if (random() % 50 == 0) journal.append(precious("note"));
    bench.turn();
  }
  return written;
}

}  // namespace

TEST_CASE("a slice is exactly the bytes asked for, of either stream, hot, cold and across both") {
  JournalBench bench;
  auto journal = bench.journal();
  Streams written = fill(bench, *journal, 12 * mib);
  REQUIRE(bench.settled(*journal));
  std::mt19937 random(5);
  for (Stream stream : {Stream::out, Stream::err}) {
    const std::string& all = written.of(stream);
    for (int i = 0; i < 40; ++i) {
      std::uint64_t from = random() % all.size();
      std::uint64_t length = i % 4 == 0 ? all.size() : random() % 50'000;
      Journal::Slice slice = bench.get(journal->slice(stream, from, length));
      REQUIRE(slice.from == from);
      if (slice.bytes.view() != std::string_view(all).substr(from, length))
        FAIL("wrong bytes from " << from);
    }
    Journal::Slice whole = bench.get(journal->slice(stream, 0, all.size()));
    CHECK(whole.from == 0);
    CHECK((whole.bytes.view() == all));
  }
}

TEST_CASE("a slice from the end on is empty") {
  JournalBench bench;
  auto journal = bench.journal();
  journal->append(output_of("abc", Stream::out, 0));
  CHECK(bench.get(journal->slice(Stream::out, 3, 10)).bytes.empty());
  CHECK(bench.get(journal->slice(Stream::err, 0, 10)).bytes.empty());
  CHECK(bench.get(journal->slice(Stream::out, 1, 0)).bytes.empty());
  CHECK(bench.get(journal->slice(Stream::out, 1, 1)).bytes.view() == "b");
}

TEST_CASE("a slice of what is gone begins with the first byte that is still there") {
  JournalBench bench;
  auto journal = bench.journal({4 * mib, Overflow::drop});
  Streams written = fill(bench, *journal, 20 * mib);
  REQUIRE(bench.settled(*journal));
  for (Stream stream : {Stream::out, Stream::err}) {
    const std::string& all = written.of(stream);
    Journal::Slice slice = bench.get(journal->slice(stream, 0, all.size()));
    CHECK(slice.from > 0);
    CHECK(slice.from + slice.bytes.size() == all.size());
    CHECK((slice.bytes.view() == std::string_view(all).substr(slice.from)));
    Journal::Slice later = bench.get(journal->slice(stream, slice.from + 10, 100));
    CHECK(later.from == slice.from + 10);
    CHECK((later.bytes.view() == std::string_view(all).substr(slice.from + 10, 100)));
  }
}
