// SPDX-License-Identifier: Apache-2.0
// The disk and its failures: none of them stops a run that is read, none of them loses what was
// kept.
#include "journal_bench.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

using namespace quern;

namespace {

constexpr std::size_t piece = 64 * kib;

// While it lives no file takes a byte: every write fails as on a broken disk.
class NoWriting {
 public:
  NoWriting() {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoWriting() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  NoWriting(const NoWriting&) = delete;
  NoWriting& operator=(const NoWriting&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

// Takes the content out of the spill's file, as a disk that went away would.
void lose_content(const std::filesystem::path& dir) {
  int lost = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (gone || !target.starts_with(dir.string())) continue;
    REQUIRE(::ftruncate(std::stoi(entry.path().filename().string()), 0) == 0);
    ++lost;
  }
  REQUIRE(lost == 1);
}

void append(JournalBench& bench, Journal& journal, std::uint64_t bytes, std::uint64_t& off) {
  for (const std::uint64_t end = off + bytes; off < end; off += piece) {
    journal.append(output_of(std::string(piece, 'a'), Stream::out, off));
    bench.turn();
  }
}

}  // namespace

TEST_CASE("where no directory can be written a spill in memory serves, of a bounded size") {
  JournalBench bench(4096 * mib, "/nowhere/at/all");
  auto journal = bench.journal();
  std::uint64_t off = 0;
  append(bench, *journal, 10 * mib, off);
  REQUIRE(bench.settled(*journal));
  CHECK(bench.spill.in_memory());
  Reading reading = read_all(bench, *journal);
  CHECK(reading.missing.empty());
  CHECK(reading.records.size() == 10 * mib / piece);
  std::vector<SpillStore::ExtentPtr> all;
  while (SpillStore::ExtentPtr extent = bench.spill.allocate(SpillStore::unit))
    all.push_back(extent);
  CHECK(bench.spill.used() == 64 * mib);
}

TEST_CASE("the spill leaves no file behind that others could see") {
  JournalBench bench;
  SpillStore::ExtentPtr extent = bench.spill.allocate(1);
  REQUIRE(extent);
  CHECK(std::filesystem::is_empty(bench.dir.path()));
  CHECK_FALSE(bench.spill.in_memory());
}

TEST_CASE("extents never overlap, and what is let go is used again") {
  JournalBench bench(8 * mib);
  SpillStore::ExtentPtr a = bench.spill.allocate(1);
  SpillStore::ExtentPtr b = bench.spill.allocate(SpillStore::unit + 1);
  SpillStore::ExtentPtr c = bench.spill.allocate(5 * mib);
  REQUIRE((a && b && c));
  CHECK(bench.spill.used() == 8 * mib);
  CHECK(bench.spill.allocate(1) == nullptr);
  CHECK(a->offset() + a->size() <= b->offset());
  CHECK(b->offset() + b->size() <= c->offset());
  const std::uint64_t place = a->offset();
  a.reset();
  CHECK(bench.spill.used() == 7 * mib);
  SpillStore::ExtentPtr again = bench.spill.allocate(10);
  REQUIRE(again);
  CHECK(again->offset() == place);
}

TEST_CASE("while the spill is full of others' events, a run that is read goes on") {
  JournalBench bench(0);
  auto journal = bench.journal();  // overflow: block
  std::uint64_t off = 0;
  for (int i = 0; i < 20; ++i) {
    append(bench, *journal, 1 * mib, off);
    journal->release(journal->next_seq() - 1);  // its client has read it all
    REQUIRE(bench.until([&] { return !journal->full(); }));
  }
  Reading reading = read_all(bench, *journal);
  REQUIRE(reading.missing.size() == 1);
  std::uint64_t bytes = 0;
  for (const RecordPtr& record : reading.records) bytes += record->wire();
  CHECK(bytes + reading.missing_bytes == journal->total());
  CHECK(bytes >= Journal::always_kept);
}

TEST_CASE("while the spill is full, a run that nobody reads waits and loses nothing") {
  JournalBench bench(1 * mib);
  auto journal = bench.journal();
  std::uint64_t off = 0;
  append(bench, *journal, 8 * mib, off);
  CHECK(journal->full());
  CHECK(read_all(bench, *journal).missing.empty());
}

TEST_CASE("a spill that fills up while it is in use gives space back to those who wait for it") {
  bool room = false;
  JournalBench bench(6 * mib);
  std::uint64_t off = 0;
  auto first = bench.journal();
  append(bench, *first, 7 * mib, off);
  REQUIRE(bench.settled(*first));
  auto second = bench.journal();
  off = 0;
  append(bench, *second, 6 * mib, off);
  CHECK(second->full());
  second->on_room([&] { room = true; });
  first.reset();
  CHECK(bench.until([&] { return room; }));
}

TEST_CASE(
    "a write that fails keeps the records in memory, and the next one that works takes them") {
  JournalBench bench;
  auto journal = bench.journal();
  std::uint64_t off = 0;
  {
    NoWriting failing;
    append(bench, *journal, 6 * mib, off);
  }
  CHECK(journal->full());
  CHECK(read_all(bench, *journal).missing.empty());
  REQUIRE(bench.settled(*journal));  // it is tried again
  Reading reading = read_all(bench, *journal);
  CHECK(reading.missing.empty());
  CHECK(reading.records.size() == 6 * mib / piece);
}

TEST_CASE("a write that fails costs a dropping run its oldest output only") {
  JournalBench bench;
  auto journal = bench.journal({256 * mib, Overflow::drop});
  std::uint64_t off = 0;
  journal->append(precious("accepted"));
  {
    NoWriting failing;
    append(bench, *journal, 6 * mib, off);
    bench.until([&] { return journal->in_memory() <= Journal::hot_limit; });
  }
  CHECK_FALSE(journal->full());
  Reading reading = read_all(bench, *journal);
  REQUIRE(reading.missing.size() == 1);
  CHECK(reading.missing[0].from == 1);
  CHECK(reading.records.front()->head == "accepted");
}

TEST_CASE("what cannot be read back is an error of that reading") {
  JournalBench bench;
  auto journal = bench.journal();
  std::uint64_t off = 0;
  append(bench, *journal, 6 * mib, off);
  REQUIRE(bench.settled(*journal));
  lose_content(bench.dir.path());
  Journal::Next next = journal->next(0);
  REQUIRE(next.kind == Journal::Next::Kind::cold);
  CHECK_THROWS_AS(bench.get(journal->read(next.batch)), std::system_error);
}
