// SPDX-License-Identifier: Apache-2.0
#include "followed_run.hpp"

#include "failure.hpp"

#include <utility>

namespace quern {
namespace {

using namespace std::chrono_literals;

// An acknowledgement costs a message: after so many bytes, or when nothing more comes for a moment.
constexpr std::size_t acknowledge_after = 64 * kib;
constexpr auto quiet_after = 20ms;

}  // namespace

void FollowedRun::start(StartRun request, const std::string& name) {
  name_ = start_id_ = name;
  window_ = request.window;
  ours_ = request;
  session_.send(std::move(request), name);
}

void FollowedRun::attach(Attach request) {
  name_ = request.run;
  window_ = request.window;
  last_seq_ = request.after;
  start_id_ = session_.send(std::move(request));
}

void FollowedRun::attach_again() {
  if (is_starting()) {
    sent_again_ = true;
    return session_.send(Op{*ours_}, name_);
  }
  Attach request;
  request.run = name_;
  request.after = last_seq_;
  request.window = window_;
  unacknowledged_ = 0;
  start_id_ = session_.send(std::move(request));
}

FollowedRun::Reply FollowedRun::take_reply(const Message& message) {
  if (start_id_.empty() || message.kind.id != start_id_) return Reply::other;
  const bool was_start = is_starting();
  start_id_.clear();
  if (!was_start) {
    value_or_fail(decode_reply<AttachReply>(message.head(), message.body()));
    return Reply::attached;
  }
  const Result<RunReply> reply = decode_reply<RunReply>(message.head(), message.body());
  if (reply) return Reply::started;
  // It had arrived after all before the connection was cut.
  if (reply.error().code != ErrorCode::exists || !sent_again_)
    throw Refusal(reply.error().message, native::name(reply.error().code));
  attach_again();
  return Reply::started;
}

bool FollowedRun::is_event(const Message& message) const {
  return message.kind.kind == HeadKind::Kind::event && message.kind.id == name_;
}

std::optional<Stamped> FollowedRun::take_event(const Message& message) {
  Stamped event = value_or_fail(decode_event(message.head(), message.body()));
  unacknowledged_ += message.size();
  if (event.seq <= last_seq_) return std::nullopt;
  last_seq_ = event.seq;
  return event;
}

void FollowedRun::acknowledge() {
  if (unacknowledged_ == 0 || last_seq_ < 0) return;
  session_.send(Ack{name_, last_seq_});
  unacknowledged_ = 0;
}

void FollowedRun::acknowledge_much() {
  if (unacknowledged_ >= acknowledge_after) acknowledge();
}

std::optional<std::chrono::milliseconds> FollowedRun::acknowledges_after() const {
  return unacknowledged_ > 0 ? std::optional<std::chrono::milliseconds>(quiet_after) : std::nullopt;
}

}  // namespace quern
