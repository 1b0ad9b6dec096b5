// SPDX-License-Identifier: Apache-2.0
#include "run_state.hpp"

namespace quern {

namespace {

template <class T>
bool is(const Event& event) {
  return std::holds_alternative<T>(event);
}

std::optional<RunPhase> step_before_end(RunPhase phase, const Event& event) {
  if (is<Accepted>(event) || is<Closed>(event) || is<Gap>(event)) return std::nullopt;
  if (const auto* finished = std::get_if<Finished>(&event)) {
    return finished->open ? RunPhase::open : RunPhase::closed;
  }
  if (is<WaitingInput>(event)) {
    return phase == RunPhase::running ? std::optional(RunPhase::waiting) : std::nullopt;
  }
  if (is<InputTaken>(event)) {
    return phase == RunPhase::waiting ? std::optional(RunPhase::running) : std::nullopt;
  }
  if (is<Started>(event) && phase == RunPhase::queued) return RunPhase::running;
  return phase;
}

std::optional<RunPhase> step_after_end(RunPhase phase, const Event& event) {
  if (is<Closed>(event))
    return phase == RunPhase::open ? std::optional(RunPhase::closed) : std::nullopt;
  const auto* output = std::get_if<Output>(&event);
  if ((output && output->late) || is<Note>(event)) return phase;
  return std::nullopt;
}

}  // namespace

std::optional<RunPhase> step(RunPhase phase, const Event& event) {
  switch (phase) {
    case RunPhase::fresh:
      return is<Accepted>(event) ? std::optional(RunPhase::queued) : std::nullopt;
    case RunPhase::queued:
    case RunPhase::running:
    case RunPhase::waiting: return step_before_end(phase, event);
    case RunPhase::open:
    case RunPhase::closed: return step_after_end(phase, event);
  }
  return std::nullopt;
}

}  // namespace quern
