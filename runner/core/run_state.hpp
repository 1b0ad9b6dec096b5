// SPDX-License-Identifier: Apache-2.0
// The life of one run, as its events tell it.
//
//     new --accepted--> queued --started--> running <--input-taken/waiting-input--> waiting
//      queued, running, waiting --finished--> open or closed
//      open --late output, note--> open     open --closed--> closed
//
// `finished` comes exactly once, from any state but new; a run that never started has it too. What
// may follow it is late output and notes, and `closed` when it said `open`. Everything else after
// the end is refused: step() answers nothing, and the run ignores the event. One function, one
// answer for each cell.
#pragma once

#include "event.hpp"

#include <optional>

namespace quern {

enum class RunPhase { fresh, queued, running, waiting, open, closed };

inline bool over(RunPhase phase) { return phase == RunPhase::open || phase == RunPhase::closed; }

// The phase after the event, or nothing when it may not happen in this phase.
std::optional<RunPhase> step(RunPhase phase, const Event& event);

}  // namespace quern
