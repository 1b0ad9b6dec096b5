// SPDX-License-Identifier: Apache-2.0
// What a worker says, as events: the translation of langs/WORKER.md into the protocol's words.
// Pure.
#pragma once

#include "event.hpp"
#include "worker_frame.hpp"

#include <optional>

namespace quern {

Shown shown_of(const WorkerFrame& frame);
ErrorRaised error_of(const WorkerFrame& frame);
std::string prompt_of(const WorkerFrame& frame);
Progressed progress_of(const WorkerFrame& frame);

// A JSON object as the MessagePack map that events carry; the empty map for anything else, and for
// what is too deep or too large for a head.
RawMap map_of_json(std::string_view json);

}  // namespace quern
