// SPDX-License-Identifier: Apache-2.0
#include "adviser.hpp"

namespace quern {
namespace {

// The daemon answers within a second even while the context is busy.
constexpr std::chrono::milliseconds patience{1'500};

}  // namespace

template <class Answer>
Result<Answer> Adviser::ask(Op op) {
  const std::optional<Message> message = session_.ask_within(std::move(op), patience);
  if (!message) return Error{ErrorCode::busy, "The daemon does not answer just now."};
  return decode_reply<Answer>(message->head(), message->body());
}

Verdict Adviser::judge(const Place& place, const std::string& code) {
  const Result<CheckReply> reply = ask<CheckReply>(Check{place.lang, place.ctx, code});
  if (!reply || reply->state == Completeness::unknown) return judge_by_brackets(code);
  return {reply->state != Completeness::incomplete, reply->indent};
}

Result<CompleteReply> Adviser::complete(const Place& place, const std::string& code,
                                        std::size_t cursor) {
  return ask<CompleteReply>(Complete{place.lang, place.ctx, code, cursor});
}

Result<InspectReply> Adviser::inspect(const Place& place, const std::string& code,
                                      std::size_t cursor) {
  return ask<InspectReply>(Inspect{place.lang, place.ctx, code, cursor, 0});
}

}  // namespace quern
