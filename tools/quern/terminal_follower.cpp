// SPDX-License-Identifier: Apache-2.0
#include "terminal_follower.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t acknowledge_after = 64 * kib;
constexpr auto quiet_after = 20ms;
constexpr auto try_again_after = 10ms;  // when the daemon has as much input as it takes
constexpr std::size_t at_once = 64 * kib;

}  // namespace

TerminalFollower::TerminalFollower(Session& session, Signals& signals, Writer& writer,
                                   WholeTerminal& terminal, EscapeKeys keys)
    : session_(session), signals_(signals), writer_(writer), terminal_(terminal), keys_(keys) {
  writer_.while_blocked = [this] {
    session_.keep_alive();
    heed_signals();
    if (leaves_) throw OutputClosed{};
  };
}

TerminalFollower::~TerminalFollower() { writer_.while_blocked = nullptr; }

TerminalFollower::Ending TerminalFollower::run(StartRun request, const std::string& name) {
  run_ = start_id_ = name;
  ours_ = request;
  session_.send(std::move(request), name);
  return follow();
}

TerminalFollower::Ending TerminalFollower::attach(const std::string& run, std::uint64_t tail) {
  run_ = run;
  Attach request;
  request.run = run;
  request.tail = tail;
  const auto status = session_.ask_for<StatusReply>(Status{});
  for (const RunInfo& info : status.runs)
    if (info.run == run) replay_until_ = info.seq;
  start_id_ = session_.send(std::move(request));
  return follow();
}

TerminalFollower::Ending TerminalFollower::follow() {
  while (!finished_ && !leaves_) {
    if (std::optional<Message> message = session_.next()) {
      handle(*message);
      if (unacknowledged_ >= acknowledge_after) acknowledge();
    } else {
      turn();
    }
  }
  acknowledge();
  return {finished_, signal_};
}

milliseconds TerminalFollower::patience() const {
  milliseconds patience = 60s;
  if (unacknowledged_ > 0) patience = quiet_after;
  if (!typed_.empty() && input_id_.empty())
    patience = std::min<milliseconds>(patience, try_again_after);
  return patience;
}

void TerminalFollower::turn() {
  const bool listens = start_id_.empty() && typed_.empty();
  std::array<pollfd, 3> others = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{window_.fd(), POLLIN, 0},
                                  pollfd{STDIN_FILENO, POLLIN, 0}};
  const auto before = Clock::now();
  session_.wait({others.data(), listens ? 3U : 2U}, patience());
  if (unacknowledged_ > 0 && Clock::now() - before >= quiet_after) acknowledge();
  if (session_.took_new_connection()) attach_again();
  heed_signals();
  if (window_.take()) resize(RawTerminal::size());
  if (listens && others[2].revents) type();
  if (!typed_.empty() && input_id_.empty() && Clock::now() >= offer_at_) offer();
}

void TerminalFollower::heed_signals() {
  if (const std::optional<int> number = signals_.next()) {
    signal_ = *number;
    leaves_ = true;
  }
}

void TerminalFollower::type() {
  std::array<char, at_once> keys;
  const ssize_t count = ::read(STDIN_FILENO, keys.data(), keys.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {  // the terminal has gone
    signal_ = SIGHUP;
    leaves_ = true;
    return;
  }
  EscapeKeys::Typed typed = keys_.take({keys.data(), static_cast<std::size_t>(count)});
  typed_ = std::move(typed.bytes);
  if (!typed_.empty()) offer();
  leaves_ = typed.detach;
}

void TerminalFollower::offer() {
  Input input;
  input.run = run_;
  input.bytes = typed_;
  input_id_ = session_.send(std::move(input));
}

void TerminalFollower::handle(const Message& message) {
  if (message.kind.kind == HeadKind::Kind::event && message.kind.id == run_)
    on_event(message);
  else if (message.kind.kind != HeadKind::Kind::reply)
    return;
  else if (message.kind.id == start_id_)
    on_started(message);
  else if (message.kind.id == input_id_)
    on_typed(message);
}

void TerminalFollower::on_started(const Message& message) {
  const bool was_run = start_id_ == run_;
  start_id_.clear();
  if (!was_run) {
    value_or_fail(decode_reply<AttachReply>(message.head(), message.body()));
    return redraw();
  }
  const Result<RunReply> reply = decode_reply<RunReply>(message.head(), message.body());
  if (reply) return;
  // It had arrived after all before the connection was cut.
  if (reply.error().code == ErrorCode::exists && sent_again_) return attach_again();
  throw Refusal(reply.error().message, native::name(reply.error().code));
}

void TerminalFollower::on_typed(const Message& message) {
  input_id_.clear();
  const Result<Ok> reply = decode_reply<Ok>(message.head(), message.body());
  if (!reply && reply.error().code == ErrorCode::limit) {
    offer_at_ = Clock::now() + try_again_after;
    return;
  }
  typed_.clear();  // it has arrived, or its program has ended
}

void TerminalFollower::on_event(const Message& message) {
  const Stamped event = value_or_fail(decode_event(message.head(), message.body()));
  unacknowledged_ += message.size();
  if (event.seq <= last_seq_) return;
  last_seq_ = event.seq;
  if (const auto* output = std::get_if<Output>(&event.event)) {
    terminal_.saw(output->bytes.view());
    writer_.out(output->bytes.view());
  }
  if (const auto* finished = std::get_if<Finished>(&event.event)) finished_ = *finished;
  // A program had asked its terminal what it is: ours answers again, and nobody waits for it.
  if (replay_until_ >= 0 && event.seq >= replay_until_) {
    replay_until_ = -1;
    terminal_.forget_typed();
  }
}

void TerminalFollower::attach_again() {
  if (start_id_ == run_) {
    sent_again_ = true;
    return session_.send(Op{*ours_}, run_);
  }
  // Typed again it might come twice.
  typed_.clear();
  input_id_.clear();
  Attach request;
  request.run = run_;
  request.after = last_seq_;
  unacknowledged_ = 0;
  start_id_ = session_.send(std::move(request));
}

void TerminalFollower::resize(WindowSize size) {
  session_.send(Resize{run_, static_cast<std::uint16_t>(size.rows),
                       static_cast<std::uint16_t>(size.columns)});
}

// Programs draw all anew when the size has changed; that it is the same is not told them.
void TerminalFollower::redraw() {
  const WindowSize size = RawTerminal::size();
  resize({size.rows > 1 ? size.rows - 1 : size.rows + 1, size.columns});
  resize(size);
}

void TerminalFollower::acknowledge() {
  if (unacknowledged_ == 0 || last_seq_ < 0) return;
  session_.send(Ack{run_, last_seq_});
  unacknowledged_ = 0;
}

}  // namespace quern
