// SPDX-License-Identifier: Apache-2.0
// The whole table of phase and event: every cell has its answer here.
#include "run_state.hpp"

#include "event_text.hpp"

#include <set>

using namespace quern;

namespace {

const char* name(RunPhase phase) {
  switch (phase) {
    case RunPhase::fresh: return "fresh";
    case RunPhase::queued: return "queued";
    case RunPhase::running: return "running";
    case RunPhase::waiting: return "waiting";
    case RunPhase::open: return "open";
    case RunPhase::closed: return "closed";
  }
  return "?";
}

std::string answer(RunPhase phase, const Event& event) {
  std::optional<RunPhase> next = step(phase, event);
  return next ? name(*next) : "-";
}

Event finished(bool open) {
  Finished event;
  event.open = open;
  return event;
}

Event output(bool late) { return Output{Stream::out, 0, late, Blob("x")}; }

struct Row {
  const char* what;
  Event event;
  std::vector<std::string> answers;  // for each phase, in order; "-": not taken
};

const std::vector<RunPhase> phases{RunPhase::fresh,   RunPhase::queued, RunPhase::running,
                                   RunPhase::waiting, RunPhase::open,   RunPhase::closed};

const std::vector<Row> table{
    {"accepted", Accepted{}, {"queued", "-", "-", "-", "-", "-"}},
    {"started", Started{}, {"-", "running", "running", "waiting", "-", "-"}},
    {"step finished", StepFinished{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"output", output(false), {"-", "queued", "running", "waiting", "-", "-"}},
    {"late output", output(true), {"-", "queued", "running", "waiting", "open", "closed"}},
    {"display", Shown{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"clear", Cleared{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"error", ErrorRaised{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"waiting for input", WaitingInput{}, {"-", "-", "waiting", "-", "-", "-"}},
    {"input taken", InputTaken{}, {"-", "-", "-", "running", "-", "-"}},
    {"resized", Resized{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"progress", Progressed{}, {"-", "queued", "running", "waiting", "-", "-"}},
    {"note", Note{}, {"-", "queued", "running", "waiting", "open", "closed"}},
    {"gap", Gap{}, {"-", "-", "-", "-", "-", "-"}},
    {"finished", finished(false), {"-", "closed", "closed", "closed", "-", "-"}},
    {"finished, open", finished(true), {"-", "open", "open", "open", "-", "-"}},
    {"closed", Closed{}, {"-", "-", "-", "-", "closed", "-"}},
};

}  // namespace

TEST_CASE("every event has its answer in every phase") {
  for (const Row& row : table) {
    INFO(row.what);
    std::vector<std::string> answers;
    for (RunPhase phase : phases) answers.push_back(answer(phase, row.event));
    CHECK(answers == row.answers);
  }
}

TEST_CASE("the table knows every kind of event") {
  std::set<std::size_t> kinds;
  for (const Row& row : table) kinds.insert(row.event.index());
  CHECK(kinds.size() == std::variant_size_v<Event>);
}

TEST_CASE("a run is over when it is open or closed, and not before") {
  std::vector<bool> over_in;
  for (RunPhase phase : phases) over_in.push_back(over(phase));
  CHECK(over_in == std::vector<bool>{false, false, false, false, true, true});
}
