// SPDX-License-Identifier: Apache-2.0
#include "stand_ins.hpp"

namespace quern {

namespace asio = boost::asio;

asio::awaitable<std::optional<StandIns::Hold>> StandIns::hold(const Manifest& manifest,
                                                              Clock::time_point deadline) {
  if (ended_) co_return std::nullopt;
  Post& post = posts_[manifest.name];
  auto place = post.line.line_up(std::make_shared<Notifier>(tasks_.executor()));
  std::optional<Turnstile::Pass> pass = co_await post.line.enter_by(place, deadline);
  if (!pass || ended_) co_return std::nullopt;
  if (!post.interpreter || post.interpreter->is_lost()) {
    post.interpreter = contexts_.spare(manifest);
  }
  use(post);
  co_return Hold{std::move(*pass), post.interpreter};
}

std::optional<StandIns::Hold> StandIns::builder(const Manifest& manifest, const Argv& worker) {
  if (ended_) return std::nullopt;
  Post& post = builders_[manifest.name];
  const bool lost = post.interpreter && post.interpreter->is_lost();
  if (lost && !post.interpreter->is_ready() && Clock::now() < post.started + unused_)
    return std::nullopt;
  if (!post.interpreter || lost) {
    post.interpreter = contexts_.spare(manifest, worker);
    post.started = Clock::now();
  }
  use(post);
  if (!post.interpreter->is_ready() || post.interpreter->is_lost()) return std::nullopt;
  std::optional<Turnstile::Pass> pass = post.line.enter_now();
  if (!pass) return std::nullopt;
  return Hold{std::move(*pass), post.interpreter};
}

void StandIns::use(Post& post) {
  post.used = Clock::now();
  if (!std::exchange(post.watched, true)) tasks_.spawn(watch(post));
}

asio::awaitable<void> StandIns::watch(Post& post) {
  Notifier never(tasks_.executor());
  while (!ended_ && Clock::now() < post.used + unused_) {
    co_await never.wait_until(post.used + unused_);
    if (!post.line.free()) post.used = Clock::now();
  }
  post.watched = false;
  co_await dismiss(post, "Nobody has asked it anything for a while.");
}

asio::awaitable<void> StandIns::dismiss(Post& post, std::string cause) {
  std::shared_ptr<Interpreter> interpreter = std::exchange(post.interpreter, nullptr);
  if (!interpreter) co_return;
  interpreter->kill(std::move(cause));
  co_await interpreter->gone();
}

asio::awaitable<void> StandIns::end_all() {
  ended_ = true;
  for (auto* posts : {&posts_, &builders_}) {
    for (auto& [language, post] : *posts) {
      post.line.dismiss({EndReason::aborted, "The daemon was shut down.", milliseconds{0}});
      co_await dismiss(post, "The daemon was shut down.");
    }
  }
}

}  // namespace quern
