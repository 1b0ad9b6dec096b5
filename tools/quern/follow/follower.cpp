// SPDX-License-Identifier: Apache-2.0
#include "follower.hpp"

#include "exit_code.hpp"

#include <unistd.h>

#include <array>
#include <csignal>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr auto double_press = 1s;
constexpr auto farewell_grace = 1000ms;
constexpr auto farewell_patience = 3s;

}  // namespace

int Follower::Ending::exit_code() const {
  return signal != 0 || !finished ? exit_code_of_signal(signal) : quern::exit_code(*finished);
}

Follower::Follower(Session& session, Signals& signals, Writer& writer, View& view, InputFeed& input)
    : session_(session),
      signals_(signals),
      writer_(writer),
      view_(view),
      input_(input),
      run_(session) {
  writer_.while_blocked = [this] {
    session_.keep_alive();
    while (const std::optional<int> number = signals_.next()) on_signal(*number);
    // With nobody to take the output there is no waiting for the end.
    if (leaving_ != 0 || interrupts_ > 1) throw OutputClosed{};
  };
}

Follower::~Follower() { writer_.while_blocked = nullptr; }

Follower::Ending Follower::run(StartRun request, const std::string& name) {
  run_.start(std::move(request), name);
  return follow();
}

Follower::Ending Follower::attach(Attach request) {
  run_.attach(std::move(request));
  return follow();
}

Follower::Ending Follower::follow() {
  while (!is_over()) {
    if (std::optional<Message> message = session_.next()) {
      handle(*message);
      run_.acknowledge_much();
    } else {
      turn();
    }
    if (leaving_ != 0 && Clock::now() >= leave_at_) break;
  }
  run_.acknowledge();
  return {finished_, leaving_};
}

// A run of ours is over with its program; whoever attaches wants what came later too.
bool Follower::is_over() const {
  if (!finished_) return false;
  return run_.is_ours() || !finished_->open || closed_ || interrupts_ > 0 || leaving_ != 0;
}

milliseconds Follower::patience() const {
  milliseconds patience = run_.acknowledges_after().value_or(60s);
  if (input_.is_waiting_to_retry()) patience = std::min<milliseconds>(patience, 10ms);
  if (leaving_ != 0)
    patience = std::min(patience, std::chrono::ceil<milliseconds>(leave_at_ - Clock::now()));
  return std::max(patience, 0ms);
}

void Follower::turn() {
  std::array<pollfd, 2> others = {pollfd{signals_.fd(), POLLIN, 0}, pollfd{input_.fd(), POLLIN, 0}};
  const bool reads = run_.is_started() && !finished_ && input_.wants();
  const auto before = Clock::now();
  session_.wait({others.data(), reads ? 2U : 1U}, patience());
  if (Clock::now() - before >= run_.acknowledges_after()) run_.acknowledge();
  if (session_.took_new_connection()) attach_again();
  while (const std::optional<int> number = signals_.next()) on_signal(*number);
  if (reads && others[1].revents) take_input();
  if (const auto again = input_.retry(Clock::now())) offer(*again);
}

void Follower::take_input() {
  const Input input = input_.read(run_.name());
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
  else if (run_.is_event(message))
    on_event(message);
}

void Follower::on_reply(const Message& message) {
  if (run_.take_reply(message) != FollowedRun::Reply::other || message.kind.id != input_id_) return;
  const Result<Ok> reply = decode_reply<Ok>(message.head(), message.body());
  input_id_.clear();
  input_.replied(reply ? std::nullopt : std::optional(reply.error()), Clock::now());
}

void Follower::on_event(const Message& message) {
  const std::optional<Stamped> event = run_.take_event(message);
  if (!event) return;
  if (const auto* waiting = std::get_if<WaitingInput>(&event->event)) input_.prompted(*waiting);
  if (std::holds_alternative<InputTaken>(event->event)) input_.prompt_closed();
  if (std::holds_alternative<Closed>(event->event)) closed_ = true;
  if (const auto* finished = std::get_if<Finished>(&event->event)) {
    finished_ = *finished;
    input_.prompt_closed();
  }
  view_.show(*event, message);
}

void Follower::on_signal(int number) {
  if (number == SIGINT) {
    if (::isatty(STDIN_FILENO)) writer_.note_key();
    const bool again = interrupts_ > 0 && Clock::now() - interrupted_ < double_press;
    interrupts_ = again ? interrupts_ + 1 : 1;
    interrupted_ = Clock::now();
    if (interrupts_ == 1)
      session_.send(Interrupt{run_.name(), default_grace});
    else if (interrupts_ == 2)
      session_.send(Signal{run_.name(), "KILL"});
    else
      leaving_ = number, leave_at_ = Clock::now();
    return;
  }
  leaving_ = number;
  leave_at_ = Clock::now();
  if (!run_.is_ours()) return;
  session_.send(Interrupt{run_.name(), farewell_grace});
  leave_at_ += farewell_patience;
}

void Follower::attach_again() {
  // An answer to a prompt is taken once at most; other bytes might come twice, or not at all.
  const Input* input = run_.is_starting() ? nullptr : input_.in_flight();
  if (input && !input->prompt_id)
    throw Failure(
        "the connection was cut while stdin was on its way, and nobody knows how much of it "
        "arrived; "
        "the run goes on: quern attach " +
        run_.name());
  run_.attach_again();
  if (input) offer(*input);
}

}  // namespace quern
