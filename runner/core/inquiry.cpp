// SPDX-License-Identifier: Apache-2.0
#include "inquiry.hpp"

#include <boost/asio/this_coro.hpp>

namespace quern {

namespace asio = boost::asio;

namespace {

// Whoever has not come back from a question by then never will. Its context goes with it, so this
// is far beyond what a loaded machine makes of a second.
constexpr std::chrono::seconds patience{30};

}  // namespace

void Inquiry::answer(const Reply& reply) {
  if (!answer_) return;
  Answer answer = std::exchange(answer_, nullptr);
  answer(reply);
  changed_.notify();
}

asio::awaitable<void> Inquiry::keep_time() {
  while (answer_ && Clock::now() < terms_.deadline) co_await changed_.wait_until(terms_.deadline);
  say_busy();
}

asio::awaitable<void> Inquiry::send(Interpreter& interpreter) {
  WorkerFrame frame = frame_of(question_);
  co_await interpreter.send(std::move(frame));
  sent_ = true;
  changed_.notify();
}

asio::awaitable<void> Inquiry::ask(Interpreter& interpreter) {
  asked_ = true;
  auto body = [&](TaskGroup& tasks) -> asio::awaitable<void> {
    tasks.spawn(send(interpreter));
    auto deadline = Clock::now() + patience;
    while (!over()) {
      co_await changed_.wait_until(deadline);
      if (Clock::now() < deadline) continue;
      deadline = Clock::now() + patience;
      // While nobody takes what its programs print, it may wait for that and not for the answer.
      if (!interpreter.is_paused()) {
        interpreter.kill("The interpreter did not come back from `" +
                         std::string(name_of(question_.kind)) + "` within " +
                         std::to_string(patience.count()) + " s.");
      }
    }
  };
  co_await with_tasks(co_await asio::this_coro::executor, body);
}

void Inquiry::heard(const WorkerFrame& frame) {
  if (done_) return;
  if (frame.kind == "done") {
    done_ = true;
    changed_.notify();
  } else if (!frame_ && answers(question_.kind, frame)) {
    frame_ = frame;
  }
}

void Inquiry::lost(const Loss& loss) {
  loss_ = loss;
  changed_.notify();
}

}  // namespace quern
