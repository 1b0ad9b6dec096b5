// SPDX-License-Identifier: Apache-2.0
// Interpreters that run nobody's code: they answer questions that need no context, or whose context
// is at work. One a language, started by the first such question, ended when none has come for a
// while. So it is with builders, which do what a build step would start a compiler for.
//
//     none --hold()--> starting --> held, or free --unused, or lost--> none
//
// Owned by main. Never: counts as a context, runs a snippet, is lent to two at a time.
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

  // The interpreter, for as long as this lives. It may be lost.
  struct Hold {
    Turnstile::Pass pass;
    std::shared_ptr<Interpreter> interpreter;
  };
  // Nothing when its turn had not come by then, or all is ending. It may not be ready yet.
  boost::asio::awaitable<std::optional<Hold>> hold(const Manifest& manifest,
                                                   Clock::time_point deadline);
  // The language's builder, if it is ready and free at this moment. Where there is none, one is
  // started for whoever comes later; not so soon again when it has failed to come up.
  std::optional<Hold> builder(const Manifest& manifest, const Argv& worker);

  boost::asio::awaitable<void> end_all();
  bool ended() const { return ended_; }

 private:
  struct Post {
    std::shared_ptr<Interpreter> interpreter;
    Turnstile line{1};
    Clock::time_point used;
    Clock::time_point started;
    bool watched = false;
  };
  void use(Post& post);
  boost::asio::awaitable<void> watch(Post& post);
  boost::asio::awaitable<void> dismiss(Post& post, std::string cause);

  TaskGroup& tasks_;
  Contexts& contexts_;
  milliseconds unused_;
  std::map<std::string, Post> posts_;     // by language
  std::map<std::string, Post> builders_;  // likewise
  bool ended_ = false;
};

}  // namespace quern
