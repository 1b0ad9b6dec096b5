// SPDX-License-Identifier: Apache-2.0
// Runs for the tests, and an Execution that writes down what a run asks of it.
#pragma once

#include "core_world.hpp"
#include "recording_peer.hpp"
#include "run.hpp"

#include <numeric>

namespace quern {

class RecordingExecution final : public Execution {
 public:
  void end(const EndRequest& request) override { ends.push_back(request); }
  bool signal(int number) override {
    signals.push_back(number);
    return alive;
  }
  void input(std::string bytes) override { input_taken += bytes; }
  void input_eof() override { ++eofs; }
  std::size_t unread_input() const override { return unread; }
  void wrote(const Blob& bytes) override { written += bytes.size(); }

  std::vector<EndRequest> ends;
  std::vector<int> signals;
  std::string input_taken;
  int eofs = 0;
  std::size_t unread = 0;
  std::size_t written = 0;
  bool alive = true;
};

struct RunBench : CoreWorld {
  using CoreWorld::CoreWorld;

  std::shared_ptr<Run> run(std::string name = "r", StartRun spec = {}) {
    return std::make_shared<Run>(tasks, spill, limits, counters, std::move(name), std::move(spec));
  }

  // One that is accepted and started, with this peer attached from the beginning.
  std::shared_ptr<Run> running(const std::shared_ptr<Peer>& peer, StartRun spec = {}) {
    auto made = run("r", std::move(spec));
    if (peer) made->attach(peer, 0, made->spec().window);
    made->emit(Accepted{});
    made->emit(Started{});
    return made;
  }

  DaemonLimits limits;
  Counters counters;
};

inline Event out(std::string_view bytes) { return Output{Stream::out, 0, false, Blob(bytes)}; }
inline Event err(std::string_view bytes) { return Output{Stream::err, 0, false, Blob(bytes)}; }
inline Event output_event(Stream stream, std::uint64_t off, bool late, std::string_view bytes) {
  return Output{stream, off, late, Blob(bytes)};
}

// What a finished tells of a run that wrote so much.
inline Finished ended(std::uint64_t out_bytes, std::uint64_t err_bytes, bool open = false) {
  Finished finished;
  finished.stdout_bytes = out_bytes;
  finished.stderr_bytes = err_bytes;
  finished.open = open;
  return finished;
}

// A peer's run of seqs, gaps filled in: whether none is missing and none comes twice.
inline bool without_a_hole(const RecordingPeer& peer, std::int64_t from, std::int64_t to) {
  std::int64_t next = from;
  for (const Stamped& one : peer.stamped()) {
    if (const auto* gap = std::get_if<Gap>(&one.event)) {
      if (gap->from != next || gap->to != one.seq || gap->to < gap->from) return false;
    } else if (one.seq != next) {
      return false;
    }
    next = one.seq + 1;
  }
  return next == to + 1;
}

}  // namespace quern
