// SPDX-License-Identifier: Apache-2.0
#include "follower.hpp"

#include "exit_code.hpp"

#include <array>
#include <csignal>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// An acknowledgement costs a message: after so many bytes, or when nothing more comes for a moment.
constexpr std::size_t acknowledge_after = 64 * kib;
constexpr auto quiet_after = 20ms;
constexpr auto double_press = 1s;
constexpr auto farewell_grace = 1000ms;
constexpr auto farewell_patience = 3s;

}  // namespace

int Follower::Ending::exit_code() const {
  return signal != 0 || !finished ? exit_code_of_signal(signal) : quern::exit_code(*finished);
}

Follower::Follower(Session& session, Signals& signals, Writer& writer, View& view, InputFeed& input)
    : session_(session), signals_(signals), writer_(writer), view_(view), input_(input) {
  writer_.while_blocked = [this] {
    session_.keep_alive();
    while (const std::optional<int> number = signals_.next()) on_signal(*number);
    // With nobody to take the output there is no waiting for the end.
    if (leaving_ != 0 || interrupts_ > 1) throw OutputClosed{};
  };
}

Follower::~Follower() { writer_.while_blocked = nullptr; }

Follower::Ending Follower::run(StartRun request, const std::string& name) {
  run_ = start_id_ = name;
  window_ = request.window;
  ours_ = request;
  session_.send(std::move(request), name);
  return follow();
}

Follower::Ending Follower::attach(Attach request) {
  run_ = request.run;
  window_ = request.window;
  last_seq_ = request.after;
  start_id_ = session_.send(std::move(request));
  return follow();
}

Follower::Ending Follower::follow() {
  while (!is_over()) {
    if (std::optional<Message> message = session_.next()) {
      handle(*message);
      if (unacknowledged_ >= acknowledge_after) acknowledge();
    } else {
      turn();
    }
    if (leaving_ != 0 && Clock::now() >= leave_at_) break;
  }
  acknowledge();
  return {finished_, leaving_};
}

// A run of ours is over with its program; whoever attaches wants what came later too.
bool Follower::is_over() const {
  if (!finished_) return false;
  return ours_ || !finished_->open || closed_ || interrupts_ > 0 || leaving_ != 0;
}

milliseconds Follower::patience() const {
  milliseconds patience = 60s;
  if (unacknowledged_ > 0) patience = quiet_after;
  if (input_.is_waiting_to_retry()) patience = std::min<milliseconds>(patience, 10ms);
  if (leaving_ != 0)
    patience = std::min(patience, std::chrono::ceil<milliseconds>(leave_at_ - Clock::now()));
  return std::max(patience, 0ms);
}

void Follower::turn() {
  std::array<pollfd, 2> others = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{input_.fd(), POLLIN, 0}};
  const bool reads = start_id_.empty() && !finished_ && input_.wants();
  const auto before = Clock::now();
  session_.wait({others.data(), reads ? 2U : 1U}, patience());
  if (unacknowledged_ > 0 && Clock::now() - before >= quiet_after) acknowledge();
  if (session_.took_new_connection()) attach_again();
  while (const std::optional<int> number = signals_.next()) on_signal(*number);
  if (reads && others[1].revents) take_input();
  if (const auto again = input_.retry(Clock::now())) offer(*again);
}

void Follower::take_input() {
  const Input input = input_.read(run_);
  // An answer to a prompt was typed, and its Enter has moved the terminal's cursor.
  if (input.prompt_id && input.bytes.ends_with('\n')) writer_.note_newline();
  offer(input);
}

void Follower::offer(const Input& input) {
  if (input.bytes.empty() && !input.eof) return input_.replied(std::nullopt, Clock::now());
  input_id_ = session_.send(input);
}

void Follower::handle(const Message& message) {
  if (message.kind.kind == HeadKind::Kind::reply)
    on_reply(message);
  else if (message.kind.kind == HeadKind::Kind::event && message.kind.id == run_)
    on_event(message);
}

void Follower::on_reply(const Message& message) {
  if (message.kind.id == start_id_) return on_started(message);
  if (message.kind.id != input_id_) return;
  const Result<Ok> reply = decode_reply<Ok>(message.head(), message.body());
  input_id_.clear();
  input_.replied(reply ? std::nullopt : std::optional(reply.error()), Clock::now());
}

void Follower::on_started(const Message& message) {
  const bool was_run = start_id_ == run_;
  start_id_.clear();
  if (!was_run) {
    value_or_fail(decode_reply<AttachReply>(message.head(), message.body()));
    return;
  }
  const Result<RunReply> reply = decode_reply<RunReply>(message.head(), message.body());
  if (reply) return;
  // It had arrived after all before the connection was cut.
  if (reply.error().code == ErrorCode::exists && sent_again_) return attach_again();
  throw Refusal(reply.error().message, native::name(reply.error().code));
}

void Follower::on_event(const Message& message) {
  const Stamped event = value_or_fail(decode_event(message.head(), message.body()));
  unacknowledged_ += message.size();
  if (event.seq <= last_seq_) return;
  last_seq_ = event.seq;
  if (const auto* waiting = std::get_if<WaitingInput>(&event.event)) input_.prompted(*waiting);
  if (std::holds_alternative<InputTaken>(event.event)) input_.prompt_closed();
  if (std::holds_alternative<Closed>(event.event)) closed_ = true;
  if (const auto* finished = std::get_if<Finished>(&event.event)) {
    finished_ = *finished;
    input_.prompt_closed();
  }
  view_.show(event, message);
}

void Follower::on_signal(int number) {
  if (number == SIGINT) {
    const bool again = interrupts_ > 0 && Clock::now() - interrupted_ < double_press;
    interrupts_ = again ? interrupts_ + 1 : 1;
    interrupted_ = Clock::now();
    if (interrupts_ == 1)
      session_.send(Interrupt{run_, default_grace});
    else if (interrupts_ == 2)
      session_.send(Signal{run_, "KILL"});
    else
      leaving_ = number, leave_at_ = Clock::now();
    return;
  }
  leaving_ = number;
  leave_at_ = Clock::now();
  if (!ours_) return;
  session_.send(Interrupt{run_, farewell_grace});
  leave_at_ += farewell_patience;
}

void Follower::attach_again() {
  if (start_id_ == run_) {
    sent_again_ = true;
    return session_.send(Op{*ours_}, run_);
  }
  // An answer to a prompt is taken once at most; other bytes might come twice, or not at all.
  const Input* input = input_.in_flight();
  if (input && !input->prompt_id)
    throw Failure(
        "the connection was cut while stdin was on its way, and nobody knows how much of it "
        "arrived; "
        "the run goes on: quern attach " +
        run_);
  Attach request;
  request.run = run_;
  request.after = last_seq_;
  request.window = window_;
  unacknowledged_ = 0;
  start_id_ = session_.send(std::move(request));
  if (input) offer(*input);
}

void Follower::acknowledge() {
  if (unacknowledged_ == 0 || last_seq_ < 0) return;
  session_.send(Ack{run_, last_seq_});
  unacknowledged_ = 0;
}

}  // namespace quern
