// SPDX-License-Identifier: Apache-2.0
// A journal for the tests, and the means to fill it and to read it as a client's cursor would.
#pragma once

#include "core_world.hpp"
#include "journal.hpp"

#include <random>

namespace quern {

struct JournalBench : CoreWorld {
  using CoreWorld::CoreWorld;

  std::shared_ptr<Journal> journal(Journal::Bounds bounds = {}) {
    return std::make_shared<Journal>(tasks, spill, bounds);
  }

  // All hot records that must go have gone, or cannot.
  bool settled(Journal& journal) {
    return until([&] { return journal.in_memory() <= Journal::hot_limit; });
  }
};

inline Record output_of(std::string_view bytes, Stream stream, std::uint64_t off) {
  Record record;
  record.head = "o";
  record.body = Blob(bytes);
  record.droppable = true;
  record.stream = stream;
  record.off = off;
  return record;
}

inline Record precious(std::string head) {
  Record record;
  record.head = std::move(head);
  return record;
}

// A journal's whole content in the order of its reading: what is there, and what is not.
struct Reading {
  struct Missing {
    std::int64_t from = 0;
    std::int64_t to = 0;
    friend bool operator==(const Missing&, const Missing&) = default;
  };
  std::vector<RecordPtr> records;
  std::vector<Missing> missing;
  std::uint64_t missing_bytes = 0;
};

inline Reading read_all(Loop& loop, Journal& journal, std::int64_t from = 0) {
  Reading reading;
  std::uint64_t position = 0;
  std::int64_t seq = from;
  auto take = [&](const RecordPtr& record) {
    if (record->seq != seq) FAIL("record " << record->seq << " where " << seq << " was due");
    if (from == 0 && record->total_before != position) FAIL("wrong total before " << seq);
    position = record->total_before + record->wire();
    reading.records.push_back(record);
    seq = record->seq + 1;
  };
  for (;;) {
    Journal::Next next = journal.next(seq);
    switch (next.kind) {
      case Journal::Next::Kind::nothing: return reading;
      case Journal::Next::Kind::record: take(next.record); break;
      case Journal::Next::Kind::gone:
        REQUIRE(next.resume > seq);
        reading.missing.push_back({seq, next.resume - 1});
        reading.missing_bytes += next.resume_total - position;
        seq = next.resume;
        position = next.resume_total;
        break;
      case Journal::Next::Kind::cold:
        for (const RecordPtr& record : loop.get(journal.read(next.batch))) {
          if (record->seq >= seq) take(record);
        }
        break;
    }
  }
}

// What a record is, but for where it is kept.
inline bool same(const Record& a, const Record& b) {
  return a.seq == b.seq && a.head == b.head && a.body == b.body && a.droppable == b.droppable &&
         a.stream == b.stream && a.off == b.off && a.total_before == b.total_before;
}

// Bytes that tell when a single one of them is lost, doubled or moved.
inline std::string noise(std::size_t size, std::mt19937& random) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i += 4) {
    auto word = static_cast<std::uint32_t>(random());
    std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(4, size - i));
  }
  return bytes;
}

}  // namespace quern
