// SPDX-License-Identifier: Apache-2.0
// What happened in a run, in the past tense: one plain struct an event.
//
// A run's events begin with Accepted and end with one Finished; only late output, Note and Closed
// follow it. The journal gives each its sequence number and its time, and so makes it Stamped.
#pragma once

#include "blob.hpp"
#include "request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quern {

using std::chrono::microseconds;

enum class Phase { build, exec, clean };

struct Accepted {
  std::uint64_t queued = 0;
  std::string cwd;
  RawMap meta;
  std::int64_t wall_us = 0;  // Unix time
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
struct Started {
  std::int64_t pid = 0;
  std::optional<Phase> phase;
  friend bool operator==(const Started&, const Started&) = default;
};
// build-finished and clean-finished. The end of exec is the run's own.
struct StepFinished {
  Phase phase = Phase::build;
  std::optional<int> exit;
  std::optional<int> signal;
  friend bool operator==(const StepFinished&, const StepFinished&) = default;
};
struct Output {
  Stream stream = Stream::out;
  std::uint64_t off = 0;
  bool late = false;
  Blob bytes;
  friend bool operator==(const Output&, const Output&) = default;
};
struct Part {
  std::string mime;
  std::uint64_t size = 0;
  friend bool operator==(const Part&, const Part&) = default;
};
// display and result: the parts stand one behind the other in bytes.
struct Shown {
  bool result = false;
  std::vector<Part> parts;
  Blob bytes;
  RawMap metadata;
  std::string display;  // an id that later updates name; empty: none
  bool update = false;
  friend bool operator==(const Shown&, const Shown&) = default;
};
struct Cleared {
  bool wait = false;
  friend bool operator==(const Cleared&, const Cleared&) = default;
};
enum class ErrorKind { compile, runtime, limit, context_lost, internal };
struct ErrorRaised {
  ErrorKind kind = ErrorKind::runtime;
  std::string name;
  std::string message;
  std::vector<std::string> traceback;
  std::string file;  // empty: unknown
  std::optional<std::int64_t> line;
  std::optional<std::int64_t> column;
  friend bool operator==(const ErrorRaised&, const ErrorRaised&) = default;
};
enum class PromptSource { asked, read, terminal };
struct WaitingInput {
  std::int64_t prompt_id = 0;
  std::string prompt;
  bool password = false;
  PromptSource source = PromptSource::asked;
  friend bool operator==(const WaitingInput&, const WaitingInput&) = default;
};
enum class InputOutcome { answered, eof, interrupted, ended };
struct InputTaken {
  std::int64_t prompt_id = 0;
  InputOutcome outcome = InputOutcome::answered;
  friend bool operator==(const InputTaken&, const InputTaken&) = default;
};
struct Resized {
  std::uint16_t rows = 0;
  std::uint16_t cols = 0;
  friend bool operator==(const Resized&, const Resized&) = default;
};
struct Progressed {
  double current = 0;
  double total = 0;
  std::string label;
  friend bool operator==(const Progressed&, const Progressed&) = default;
};
struct Note {
  std::string kind;
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};
// Events that one attachment will not get; the gap's own seq is `to`.
struct Gap {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Gap&, const Gap&) = default;
};
enum class FinishedStatus {
  ok,
  error,
  build_failed,
  interrupted,
  timeout,
  memory,
  output_limit,
  aborted,
  crashed,
  killed,
};
struct Usage {
  milliseconds wall{0};
  milliseconds cpu{0};
  std::uint64_t max_rss = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
};
struct ErrorSummary {
  std::string name;
  std::string message;
  friend bool operator==(const ErrorSummary&, const ErrorSummary&) = default;
};
enum class ContextFate { kept, lost };
struct Finished {
  FinishedStatus status = FinishedStatus::ok;
  std::string cause;
  std::optional<int> exit;
  std::optional<int> signal;
  Usage usage;
  std::uint64_t stdout_bytes = 0;
  std::uint64_t stderr_bytes = 0;
  std::optional<ErrorSummary> error;
  std::optional<ContextFate> context;  // queries only
  bool open = false;
  friend bool operator==(const Finished&, const Finished&) = default;
};
struct Closed {
  friend bool operator==(const Closed&, const Closed&) = default;
};

using Event =
    std::variant<Accepted, Started, StepFinished, Output, Shown, Cleared, ErrorRaised, WaitingInput,
                 InputTaken, Resized, Progressed, Note, Gap, Finished, Closed>;

// An event as it stands in a run's journal.
struct Stamped {
  std::string run;
  std::int64_t seq = 0;
  microseconds t{0};  // since the run was accepted
  Event event;
  friend bool operator==(const Stamped&, const Stamped&) = default;
};

// Not of a run, never replayed: goes to the connections that used the context.
enum class ContextState { ready, lost, closed };
struct ContextChanged {
  std::string lang;
  std::string ctx;
  std::int64_t gen = 0;
  ContextState state = ContextState::ready;
  std::string cause;
  friend bool operator==(const ContextChanged&, const ContextChanged&) = default;
};

}  // namespace quern
