// SPDX-License-Identifier: Apache-2.0
// What a person does to a run that is watched: interrupts it, kills it, leaves it.
#include "watch.hpp"

#include <csignal>

namespace quern {
namespace {

using namespace std::chrono_literals;

constexpr auto double_press = 1s;
constexpr auto hint_after = 2s;
constexpr auto farewell_grace = 1000ms;
constexpr auto farewell_patience = 3s;

}  // namespace

void Watch::heed_keys() {
  while (const std::optional<int> number = signals_.next()) on_signal(*number);
  if (terminal_ && terminal_->take_stop()) leave_it(How::left);
}

void Watch::on_signal(int number) {
  if (number == SIGINT) return on_interrupt();
  signal_ = number;
  leave_at_ = Clock::now();
  if (job_.number == 0) return;  // somebody else's goes on
  session_.send(Interrupt{job_.name, farewell_grace});
  *leave_at_ += farewell_patience;
}

void Watch::on_interrupt() {
  if (terminal_) RunTerminal::forget_typed();
  // The terminal shows the key itself only where it shows an answer being typed.
  if (terminal_ && job_.prompt && !job_.prompt->password)
    writer_.note_key();
  else if (terminal_)
    writer_.out("^C");
  typed_ahead_ = false;
  const bool again = interrupts_ > 0 && Clock::now() - interrupted_ < double_press;
  interrupts_ = again ? interrupts_ + 1 : 1;
  interrupted_ = Clock::now();
  if (again && terminal_) return offer_to_kill();
  if (again) {
    session_.send(Signal{job_.name, "KILL"});
    return;
  }
  session_.send(Interrupt{job_.name, terminal_ ? no_deadline : default_grace});
  // The daemon has interrupted it once already, and may take it that it has heard.
  if (was_interrupted_) session_.send(Signal{job_.name, "INT"});
  if (!was_interrupted_ && terminal_) hint_at_ = Clock::now() + hint_after;
  was_interrupted_ = true;
}

void Watch::say_that_it_goes_on() {
  hint_at_.reset();
  writer_.say("it goes on; Ctrl-C twice offers to kill it, Ctrl-Z leaves it.");
}

void Watch::offer_to_kill() {
  hint_at_.reset();
  interrupts_ = 0;
  const std::string lost = job_.mode == RunMode::query
                               ? ", and lose the state of " + job_.place.lang + ":" + job_.place.ctx
                               : "";
  if (ask("Kill it" + lost + "?", Answer::yes)) session_.send(Signal{job_.name, "KILL"});
}

void Watch::offer_to_leave() {
  if (ask(on_leaving_, Answer::no)) leave_it(How::leaving);
}

void Watch::leave_it(How wish) {
  wish_ = wish;
  if (detach_id_.empty()) detach_id_ = session_.send(Detach{job_.name});
}

bool Watch::ask(const std::string& text, Answer on_interrupt) {
  const Question question{text + " [y/n] ", on_interrupt, [this](const Message& message) {
                            return run_.is_event(message) && message.kind.ev == "finished";
                          }};
  const Reaction reaction = ::quern::ask(question, session_, surface_, *terminal_);
  if (reaction.signal) on_signal(*reaction.signal);
  if (job_.prompt && !job_.prompt->password) terminal_->show_typing(true);
  return reaction.answer == Answer::yes;
}

}  // namespace quern
