// SPDX-License-Identifier: Apache-2.0
// What clients ask about code without running it: complete, inspect, check.
//
// A value made of one of the three ops; as a worker hears it, and the reply that a worker's words
// make. Pure. Never: knows who answers.
#pragma once

#include "reply.hpp"
#include "request.hpp"
#include "worker_frame.hpp"

#include <optional>
#include <string>

namespace quern {

struct Question {
  enum class Kind { complete, inspect, check };
  Kind kind = Kind::check;
  std::string code;
  std::uint64_t cursor = 0;
  std::int64_t detail = 0;
};

Question question_of(Complete& op);  // takes the op's code
Question question_of(Inspect& op);
Question question_of(Check& op);

// The op, the request to a worker and the key in [query.can] have one name.
const char* name_of(Question::Kind kind);

// Only needed once: the code goes with it.
WorkerFrame frame_of(Question& question);

// The frame kind that answers it; `inspect` may be answered by none.
bool answers(Question::Kind kind, const WorkerFrame& frame);

// An Error, `internal`, for whatever is not as langs/WORKER.md has it. `size` is the code's.
Reply reply_of(Question::Kind kind, std::uint64_t size, const std::optional<WorkerFrame>& answer);

// Marks the answer of an interpreter that does not have the context, and says whether it tells
// anything.
bool mark_fresh(Reply& reply);

}  // namespace quern
