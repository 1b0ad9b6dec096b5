// SPDX-License-Identifier: Apache-2.0
#include "watch.hpp"

#include "failure.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

}  // namespace

Watch::Watch(Session& session, const Surface& surface, View& view, Job& job, std::string on_leaving)
    : session_(session),
      surface_(surface),
      signals_(surface.signals),
      writer_(surface.writer),
      view_(view),
      job_(job),
      on_leaving_(std::move(on_leaving)),
      input_(on_leaving_.empty() ? InputFeed::Source::none : InputFeed::Source::terminal,
             STDIN_FILENO, false),
      run_(session) {
  if (!on_leaving_.empty()) terminal_.emplace();
  writer_.while_blocked = [this] {
    session_.keep_alive();
    while (const std::optional<int> number = signals_.next()) {
      if (*number != SIGINT) throw OutputClosed{};
      session_.send(Interrupt{job_.name, terminal_ ? no_deadline : default_grace});
    }
  };
}

Watch::~Watch() { writer_.while_blocked = nullptr; }

void Watch::start(StartRun request) {
  run_.start(std::move(request), job_.name);
  follow();
}

void Watch::come_back() {
  Attach request;
  request.run = job_.name;
  request.after = job_.seen;
  run_.attach(std::move(request));
  // Its question was shown before; whoever comes back must see it to answer it.
  if (job_.prompt) {
    writer_.out(job_.prompt->prompt);
    on_prompt(WaitingInput(*job_.prompt));
  }
  follow();
}

void Watch::follow() {
  while (!how_) {
    heed_keys();
    if (std::optional<Message> message = session_.next()) {
      handle(*message);
      run_.acknowledge_much();
    } else {
      turn();
    }
    if (leave_at_ && Clock::now() >= *leave_at_) how_ = How::ended_by_signal;
  }
  if (how_ == How::finished) run_.acknowledge();
}

milliseconds Watch::patience() const {
  const auto left = [](Clock::time_point until) {
    return std::chrono::ceil<milliseconds>(until - Clock::now());
  };
  milliseconds patience = run_.acknowledges_after().value_or(60s);
  if (input_.is_waiting_to_retry()) patience = std::min<milliseconds>(patience, 10ms);
  if (hint_at_) patience = std::min(patience, left(*hint_at_));
  if (leave_at_) patience = std::min(patience, left(*leave_at_));
  return std::max(patience, 0ms);
}

void Watch::turn() {
  const auto before = Clock::now();
  wait();
  if (Clock::now() - before >= run_.acknowledges_after()) run_.acknowledge();
  if (session_.took_new_connection()) attach_again();
  if (const auto again = input_.retry(Clock::now())) offer(*again);
  if (hint_at_ && Clock::now() >= *hint_at_) say_that_it_goes_on();
}

void Watch::wait() {
  std::array<pollfd, 3> others = {pollfd{signals_.fd(), POLLIN, 0},
                                  pollfd{terminal_ ? terminal_->fd() : -1, POLLIN, 0},
                                  pollfd{STDIN_FILENO, POLLIN, 0}};
  const bool answers = terminal_ && run_.is_started() && input_.wants();
  const bool looks = terminal_ && (answers || (!typed_ahead_ && wish_ == How::finished));
  const std::size_t count = !terminal_ ? 1 : looks ? 3 : 2;
  session_.wait({others.data(), count}, patience());
  if (!looks || !others[2].revents) return;
  if (answers)
    take_input();
  else
    look_at_what_is_typed();
}

// While the program asks nothing only Ctrl-D concerns us; all else is for the prompt to come.
void Watch::look_at_what_is_typed() {
  typed_ahead_ = RunTerminal::typed() > 0;
  if (typed_ahead_) return;
  char byte = 0;
  if (::read(STDIN_FILENO, &byte, 1) == 0) offer_to_leave();
}

void Watch::take_input() {
  const Input input = input_.read(job_.name);
  if (answer_unseen_) writer_.out(input.bytes);
  // Its Enter has moved the terminal's cursor.
  else if (input.prompt_id && input.bytes.ends_with('\n'))
    writer_.note_newline();
  answer_unseen_ = typed_ahead_ = false;
  terminal_->show_typing(false);
  offer(input);
}

void Watch::offer(const Input& input) {
  if (input.bytes.empty() && !input.eof) return input_.replied(std::nullopt, Clock::now());
  input_id_ = session_.send(input);
}

void Watch::handle(const Message& message) {
  if (run_.is_event(message)) return on_event(message);
  if (message.kind.kind != HeadKind::Kind::reply) return;
  if (message.kind.id == detach_id_) {
    how_ = wish_;  // what has not come by now comes when somebody attaches
  } else if (message.kind.id == input_id_) {
    const Result<Ok> reply = decode_reply<Ok>(message.head(), message.body());
    input_id_.clear();
    input_.replied(reply ? std::nullopt : std::optional(reply.error()), Clock::now());
  } else {
    run_.take_reply(message);
  }
}

void Watch::on_event(const Message& message) {
  const std::optional<Stamped> event = run_.take_event(message);
  if (!event) return;
  job_.seen = event->seq;
  if (const auto* waiting = std::get_if<WaitingInput>(&event->event)) on_prompt(*waiting);
  if (std::holds_alternative<InputTaken>(event->event)) on_prompt_closed();
  if (const auto* finished = std::get_if<Finished>(&event->event)) {
    on_prompt_closed();
    finished_ = *finished;
    how_ = How::finished;
  }
  view_.show(*event, message);
}

void Watch::on_prompt(const WaitingInput& prompt) {
  job_.prompt = prompt;
  if (!terminal_) return;
  input_.prompted(prompt);
  if (prompt.password) return RunTerminal::forget_typed();
  answer_unseen_ = RunTerminal::typed() > 0;
  terminal_->show_typing(true);
}

void Watch::on_prompt_closed() {
  job_.prompt.reset();
  input_.prompt_closed();
  answer_unseen_ = false;
  if (terminal_) terminal_->show_typing(false);
}

void Watch::attach_again() {
  run_.attach_again();
  // An answer to a prompt is taken once at most.
  if (const Input* input = input_.in_flight(); input && !run_.is_starting()) offer(*input);
  if (!detach_id_.empty()) detach_id_ = session_.send(Detach{job_.name});
}

}  // namespace quern
