// SPDX-License-Identifier: Apache-2.0
#include "asking.hpp"

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = Inquiry::Clock;

// A client asks once more each time its user types on; nobody waits for that many.
constexpr std::uint64_t most_open = 256;
// The protocol's second, less what the way to the client takes.
constexpr milliseconds time_on_a_busy_context{900};
// A run of that time is let through: who asks behind it hears of what it has made.
constexpr milliseconds time_for_its_turn{300};
// An interpreter may have to be started first.
constexpr milliseconds time_else{10'000};

// A context's interpreter, held for one question. Its loss gives it back at once: whoever ends a
// context waits for no question.
class Seat {
 public:
  Seat(Context& context, Inquiry& inquiry) : context_(context) {
    context.take({nullptr, [&inquiry](const WorkerFrame& frame) { inquiry.heard(frame); },
                  [this, &inquiry](const Loss& loss) {
                    inquiry.lost(loss);
                    leave();
                  }});
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { leave(); }

 private:
  void leave() {
    if (std::exchange(seated_, false)) context_.give_back();
  }

  Context& context_;
  bool seated_ = true;
};

}  // namespace

// Counts a question from its acceptance until it is through.
class Asking::Open {
 public:
  Open(Asking& in, std::size_t size) : in_(in), size_(size) {
    ++in_.open_;
    in_.bytes_ += size_;
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  ~Open() {
    --in_.open_;
    in_.bytes_ -= size_;
    in_.ended_.notify();
  }

 private:
  Asking& in_;
  std::size_t size_;
};

Result<void> Asking::ask(Asked asked, Inquiry::Answer answer) {
  std::string op = name_of(asked.question.kind);
  if (!asked.manifest.has_query() || !asked.manifest.query.can.contains(op)) {
    return Error{ErrorCode::unsupported,
                 asked.manifest.title + " does not offer `" + op + "` here."};
  }
  if (open_ >= most_open || (open_ > 0 && bytes_ + asked.question.code.size() > max_body)) {
    return Error{ErrorCode::limit, "There are " + std::to_string(open_) +
                                       " questions about code waiting, as many as this daemon "
                                       "takes: await some of the answers first."};
  }
  tasks_.spawn(carry_out(std::move(asked), std::move(answer)));
  return {};
}

asio::awaitable<void> Asking::carry_out(Asked asked, Inquiry::Answer answer) {
  Open open(*this, asked.question.code.size());
  bool busy = asked.context && !(asked.context->can_be_asked() && asked.context->line().free());
  Inquiry::Terms terms{Clock::now() + time_else, "No answer has come in time: ask again later."};
  if (busy) {
    terms = {Clock::now() + time_on_a_busy_context,
             "Context `" + asked.context->name() + "` is at work: ask again later."};
  }
  Inquiry inquiry(tasks_.executor(), std::move(asked.question), std::move(terms),
                  std::move(answer));
  std::string problem = "nobody had an answer";
  try {
    auto body = [&](TaskGroup& tasks) {
      tasks.spawn(inquiry.keep_time());
      return find_answer(asked, inquiry, busy);
    };
    co_await with_tasks(tasks_.executor(), body);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  inquiry.answer(failed(ErrorCode::internal, "The question failed: " + problem + "."));
}

asio::awaitable<void> Asking::find_answer(const Asked& asked, Inquiry& inquiry, bool busy) {
  bool needs_context = inquiry.kind() != Question::Kind::check;
  if (asked.context && (needs_context || !busy)) co_await ask_context(*asked.context, inquiry);
  if (!inquiry.asked()) co_await ask_stand_in(asked, inquiry);
}

asio::awaitable<void> Asking::ask_context(Context& context, Inquiry& inquiry) {
  if (!context.can_be_asked()) co_return;
  auto place = context.line().line_up(std::make_shared<Notifier>(tasks_.executor()));
  std::optional<Turnstile::Pass> turn =
      co_await context.line().enter_by(place, Clock::now() + time_for_its_turn);
  if (!turn || !context.can_be_asked()) co_return;
  {
    Seat seat(context, inquiry);
    co_await inquiry.ask(*context.shared_interpreter());
  }
  turn.reset();
  if (!inquiry.loss()) co_return inquiry.answer(inquiry.reply());
  inquiry.answer(
      failed(context.was_ended() ? ErrorCode::busy : ErrorCode::internal, inquiry.loss()->cause));
}

asio::awaitable<void> Asking::ask_stand_in(const Asked& asked, Inquiry& inquiry) {
  std::optional<StandIns::Hold> hold = co_await stand_ins_.hold(asked.manifest, inquiry.deadline());
  if (!hold) {
    if (stand_ins_.ended()) inquiry.answer(failed(ErrorCode::closing, ""));
    co_return inquiry.say_busy();
  }
  Interpreter& interpreter = *hold->interpreter;
  Result<void> ready = co_await interpreter.ready();
  if (!ready) inquiry.answer(failed(ready.error().code, ready.error().message));
  if (inquiry.answered()) co_return;
  interpreter.listen(&inquiry);
  co_await inquiry.ask(interpreter);
  interpreter.stop_listening();
  if (inquiry.loss()) co_return inquiry.answer(failed(ErrorCode::internal, inquiry.loss()->cause));
  Reply reply = inquiry.reply();
  bool tells = mark_fresh(reply);
  // That it knows nothing does not say that the context knows nothing.
  if (asked.context && !tells && !std::holds_alternative<Error>(reply)) inquiry.say_busy();
  inquiry.answer(reply);
}

Error Asking::failed(ErrorCode code, const std::string& cause) const {
  if (stand_ins_.ended()) return {ErrorCode::closing, "The daemon is shutting down."};
  return {code, cause};
}

asio::awaitable<void> Asking::close() { co_await stand_ins_.end_all(); }

asio::awaitable<void> Asking::join() {
  while (open_ > 0) co_await ended_.wait();
}

}  // namespace quern
