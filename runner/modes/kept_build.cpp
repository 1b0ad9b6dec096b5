// SPDX-License-Identifier: Apache-2.0
#include "kept_build.hpp"

#include <algorithm>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// A small program is built in some hundredths of a second. What takes this long is better off with
// the full means of its own process, and the time is lost.
constexpr std::chrono::seconds patience{2};

// Words that each end with a NUL byte.
template <class Words, class Word>
std::string ended(const Words& words, Word word) {
  std::string all;
  for (const auto& one : words) all.append(word(one)).append(1, '\0');
  return all;
}

WorkerFrame frame_of(const KeptBuild::Order& order) {
  const auto itself = [](const std::string& word) { return word; };
  const auto name = [](const auto& variable) { return variable.first; };
  return {
      "build",
      {},
      {{"cwd", order.cwd}, {"argv", ended(order.argv, itself)}, {"names", ended(order.env, name)}}};
}

}  // namespace

KeptBuild::~KeptBuild() {
  hold_.interpreter->stop_listening();
  if (!done_) hold_.interpreter->kill("Its build was given up.");
}

asio::awaitable<bool> KeptBuild::carry_out(const Order& order) {
  Interpreter& builder = *hold_.interpreter;
  const std::chrono::microseconds before = builder.child().root_cpu();
  builder.listen(this);
  auto body = [&](TaskGroup& tasks) -> asio::awaitable<void> {
    tasks.spawn(send(frame_of(order)));
    const auto deadline = Clock::now() + patience;
    while (!(sent_ && done_) && !lost_ && !given_up_) {
      co_await changed_.wait_until(deadline);
      if (Clock::now() >= deadline) given_up_ = true;
    }
  };
  co_await with_tasks(co_await asio::this_coro::executor, body);
  builder.stop_listening();
  cpu_ = std::max(builder.child().root_cpu() - before, cpu_);
  if (sent_ && done_) co_return built_&& quiet_ && !given_up_;
  // Whatever it writes is not to meet what the step's command writes.
  builder.kill("Its build was given up.");
  co_await builder.gone();
  co_return false;
}

asio::awaitable<void> KeptBuild::send(WorkerFrame frame) {
  co_await hold_.interpreter->send(std::move(frame));
  sent_ = true;
  changed_.notify();
}

void KeptBuild::give_up() {
  given_up_ = true;
  changed_.notify();
}

void KeptBuild::heard(const WorkerFrame& frame) {
  if (done_) return;
  if (frame.kind == "built") built_ = true;
  if (frame.kind == "done") done_ = true;
  if (frame.kind == "done") changed_.notify();
}

void KeptBuild::lost(const Loss&) {
  lost_ = true;
  changed_.notify();
}

}  // namespace quern
