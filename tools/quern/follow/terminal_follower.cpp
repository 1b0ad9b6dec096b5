// SPDX-License-Identifier: Apache-2.0
#include "terminal_follower.hpp"

#include "run_in_status.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr auto try_again_after = 10ms;  // when the daemon has as much input as it takes
constexpr std::size_t at_once = 64 * kib;

}  // namespace

TerminalFollower::TerminalFollower(Session& session, Signals& signals, Writer& writer,
                                   WholeTerminal& terminal, EscapeKeys keys)
    : session_(session),
      signals_(signals),
      writer_(writer),
      terminal_(terminal),
      keys_(keys),
      run_(session) {
  writer_.while_blocked = [this] {
    session_.keep_alive();
    heed_signals();
    if (leaves_) throw OutputClosed{};
  };
}

TerminalFollower::~TerminalFollower() { writer_.while_blocked = nullptr; }

TerminalFollower::Ending TerminalFollower::run(StartRun request, const std::string& name) {
  run_.start(std::move(request), name);
  return follow();
}

TerminalFollower::Ending TerminalFollower::attach(const std::string& run, std::uint64_t tail) {
  Attach request;
  request.run = run;
  request.tail = tail;
  const auto status = session_.ask_for<StatusReply>(Status{});
  if (const RunInfo* info = run_in(status, run)) replay_until_ = info->seq;
  run_.attach(std::move(request));
  return follow();
}

TerminalFollower::Ending TerminalFollower::follow() {
  while (!finished_ && !leaves_) {
    if (std::optional<Message> message = session_.next()) {
      handle(*message);
      run_.acknowledge_much();
    } else {
      turn();
    }
  }
  run_.acknowledge();
  return {finished_, signal_};
}

milliseconds TerminalFollower::patience() const {
  milliseconds patience = run_.acknowledges_after().value_or(60s);
  if (!typed_.empty() && input_id_.empty())
    patience = std::min<milliseconds>(patience, try_again_after);
  return patience;
}

void TerminalFollower::turn() {
  const bool listens = run_.is_started() && typed_.empty();
  std::array<pollfd, 3> others = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{window_.fd(), POLLIN, 0},
                                  pollfd{STDIN_FILENO, POLLIN, 0}};
  const auto before = Clock::now();
  session_.wait({others.data(), listens ? 3U : 2U}, patience());
  if (Clock::now() - before >= run_.acknowledges_after()) run_.acknowledge();
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
  input.run = run_.name();
  input.bytes = typed_;
  input_id_ = session_.send(std::move(input));
}

void TerminalFollower::handle(const Message& message) {
  if (run_.is_event(message)) return on_event(message);
  if (message.kind.kind != HeadKind::Kind::reply) return;
  switch (run_.take_reply(message)) {
    case FollowedRun::Reply::started: return;
    case FollowedRun::Reply::attached: return redraw();
    case FollowedRun::Reply::other: break;
  }
  if (message.kind.id == input_id_) on_typed(message);
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
  const std::optional<Stamped> event = run_.take_event(message);
  if (!event) return;
  if (const auto* output = std::get_if<Output>(&event->event)) {
    terminal_.saw(output->bytes.view());
    writer_.out(output->bytes.view());
  }
  if (const auto* finished = std::get_if<Finished>(&event->event)) finished_ = *finished;
  // A program had asked its terminal what it is: ours answers again, and nobody waits for it.
  if (replay_until_ >= 0 && event->seq >= replay_until_) {
    replay_until_ = -1;
    terminal_.forget_typed();
  }
}

void TerminalFollower::attach_again() {
  // Typed again it might come twice.
  if (!run_.is_starting()) {
    typed_.clear();
    input_id_.clear();
  }
  run_.attach_again();
}

void TerminalFollower::resize(WindowSize size) {
  session_.send(Resize{run_.name(), static_cast<std::uint16_t>(size.rows),
                       static_cast<std::uint16_t>(size.columns)});
}

// Programs draw all anew when the size has changed; that it is the same is not told them.
void TerminalFollower::redraw() {
  const WindowSize size = RawTerminal::size();
  resize({size.rows > 1 ? size.rows - 1 : size.rows + 1, size.columns});
  resize(size);
}

}  // namespace quern
