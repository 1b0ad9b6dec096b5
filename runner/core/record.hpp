// SPDX-License-Identifier: Apache-2.0
// An event as a journal keeps it: in its wire form, once, for every client that will read it.
//
// A value that is never changed after it was made; journal, spill and socket share it by pointer.
#pragma once

#include "blob.hpp"
#include "event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace quern {

// Whether an event is worth waking a client for in the middle of the daemon's step, at the end of
// it, or only with what may follow in a moment.
enum class Haste { at_once, now, soon };

struct Record {
  std::int64_t seq = 0;
  std::string head;
  Blob body;
  bool droppable = false;  // stdout, stderr, display, progress
  Haste haste = Haste::now;
  std::optional<Stream> stream;    // for output: which
  std::uint64_t off = 0;           // for output: its place in the stream
  std::uint64_t total_before = 0;  // wire bytes of all the run's events before this one

  // What a client's window and the journal's bounds on disk count.
  std::uint64_t wire() const { return head.size() + body.size(); }
  // What it costs in memory: small events are mostly bookkeeping.
  std::uint64_t cost() const { return wire() + bookkeeping; }

  static constexpr std::uint64_t bookkeeping = 192;
};

using RecordPtr = std::shared_ptr<const Record>;

}  // namespace quern
