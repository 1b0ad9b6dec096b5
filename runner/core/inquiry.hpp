// SPDX-License-Identifier: Apache-2.0
// One question on its way: until when it must be answered, and what an interpreter says to it.
//
//     fresh --ask()--> asked --its `done`, or the interpreter's loss--> over
//
// Answers its client exactly once: with the interpreter's words, or with `busy` when its time is
// over; the interpreter has it even then until it is done with it. Lives in the frame of the
// coroutine that carries it out. Never: picks the interpreter.
#pragma once

#include "interpreter.hpp"
#include "question.hpp"

#include <chrono>
#include <functional>

namespace quern {

class Inquiry final : public Interpreter::Listener {
 public:
  using Clock = std::chrono::steady_clock;
  using Answer = std::function<void(const Reply&)>;
  struct Terms {
    Clock::time_point deadline;
    std::string busy;  // what is said when that has passed
  };

  Inquiry(boost::asio::any_io_executor executor, Question question, Terms terms, Answer answer)
      : changed_(executor),
        question_(std::move(question)),
        size_(question_.code.size()),
        terms_(std::move(terms)),
        answer_(std::move(answer)) {}

  Question::Kind kind() const { return question_.kind; }
  Clock::time_point deadline() const { return terms_.deadline; }
  bool answered() const { return !answer_; }
  // Both do nothing once it is answered.
  void answer(const Reply& reply);
  void say_busy() { answer(Error{ErrorCode::busy, terms_.busy}); }
  boost::asio::awaitable<void> keep_time();

  // Puts it to an interpreter that is free and listened to by this; until it is done with it. An
  // interpreter that does not come back is killed.
  boost::asio::awaitable<void> ask(Interpreter& interpreter);
  bool asked() const { return asked_; }
  const std::optional<Loss>& loss() const { return loss_; }
  Reply reply() const { return reply_of(question_.kind, size_, frame_); }

  void heard_output(Stream, Blob) override {}
  void heard(const WorkerFrame& frame) override;
  void lost(const Loss& loss) override;

 private:
  boost::asio::awaitable<void> send(Interpreter& interpreter);
  bool over() const { return loss_ || (sent_ && done_); }

  Notifier changed_;
  Question question_;
  std::uint64_t size_;
  Terms terms_;
  Answer answer_;
  std::optional<WorkerFrame> frame_;
  std::optional<Loss> loss_;
  bool asked_ = false;
  bool sent_ = false;
  bool done_ = false;
};

}  // namespace quern
