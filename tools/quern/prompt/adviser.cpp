// SPDX-License-Identifier: Apache-2.0
#include "adviser.hpp"

namespace quern {

template <class Answer>
Result<Answer> Adviser::ask(Op op) {
  const std::optional<Message> message = session_.ask_within(std::move(op), patience_with_daemon);
  if (!message) return Error{ErrorCode::busy, "The daemon does not answer just now."};
  return decode_reply<Answer>(message->head(), message->body());
}

Verdict verdict_of(const Result<CheckReply>& reply, const std::string& code) {
  if (!reply || reply->state == Completeness::unknown) return judge_by_brackets(code);
  return {reply->state != Completeness::incomplete, reply->indent};
}

Verdict Adviser::judge(const Place& place, const std::string& code) {
  return verdict_of(ask<CheckReply>(Check{place.lang, place.ctx, code}), code);
}

Result<InspectReply> Adviser::inspect(const Place& place, const std::string& name, bool in_full) {
  return ask<InspectReply>(Inspect{place.lang, place.ctx, name, name.size(), in_full ? 1 : 0});
}

}  // namespace quern
