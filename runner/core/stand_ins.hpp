// SPDX-License-Identifier: Apache-2.0
// Interpreters that run nobody's code: they answer questions that need no context, or whose context
// is at work. One a language, started by the first such question, ended when none has come for a
// while.
//
//     none --hold()--> starting --> held, or free --unused, or lost--> none
//
// Owned by main. Never: counts as a context, runs a snippet, is lent to two questions at a time.
#pragma once

#include "contexts.hpp"
#include "turnstile.hpp"

#include <map>
#include <memory>
#include <optional>

namespace quern {

class StandIns {
 public:
  using Clock = std::chrono::steady_clock;

  StandIns(TaskGroup& tasks, Contexts& contexts, milliseconds unused)
      : tasks_(tasks), contexts_(contexts), unused_(unused) {}
  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;

  // The interpreter, for as long as this lives. It may not be ready yet, and may be lost.
  struct Hold {
    Turnstile::Pass pass;
    std::shared_ptr<Interpreter> interpreter;
  };
  // Nothing when its turn had not come by then, or all is ending.
  boost::asio::awaitable<std::optional<Hold>> hold(const Manifest& manifest,
                                                   Clock::time_point deadline);

  boost::asio::awaitable<void> end_all();
  bool ended() const { return ended_; }

 private:
  struct Post {
    std::shared_ptr<Interpreter> interpreter;
    Turnstile line{1};
    Clock::time_point used;
    bool watched = false;
  };
  boost::asio::awaitable<void> watch(Post& post);
  boost::asio::awaitable<void> dismiss(Post& post, std::string cause);

  TaskGroup& tasks_;
  Contexts& contexts_;
  milliseconds unused_;
  std::map<std::string, Post> posts_;  // by language
  bool ended_ = false;
};

}  // namespace quern
