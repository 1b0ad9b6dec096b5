// SPDX-License-Identifier: Apache-2.0
// All contexts by language and name, and the warm interpreters from which new ones are made
// quickly.
//
// Owned by main, used by the query mode and the dispatcher. A name's generations count up for the
// whole life of the daemon, whatever becomes of the interpreters.
#pragma once

#include "context.hpp"
#include "languages.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quern {

class Contexts {
 public:
  Contexts(TaskGroup& tasks, Launcher& launcher, Environment base, std::string work_dir,
           std::uint64_t most);
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;

  // The living context of that name, made now when there is none. Settings that were given and
  // differ from those it was made with are bad-request.
  Result<std::shared_ptr<Context>> obtain(const Manifest& manifest, const std::string& name,
                                          const Context::Settings& settings);
  std::shared_ptr<Context> find(const std::string& lang, const std::string& name) const;

  // Gives it an interpreter, which is started if none is warm; whoever needs it waits for its
  // ready().
  void begin(const std::shared_ptr<Context>& context);

  // An interpreter in no context, of the language's own settings; started or about to be. Whoever
  // asked for it ends it.
  std::shared_ptr<Interpreter> spare(const Manifest& manifest);
  // The same of another worker than that of contexts.
  std::shared_ptr<Interpreter> spare(const Manifest& manifest, Argv worker);

  // Ends it, its runs and its processes; then returns.
  boost::asio::awaitable<void> end(std::shared_ptr<Context> context, std::string cause);
  boost::asio::awaitable<void> end_all(std::string cause);

  // Where it is told what became of them; nowhere unless said.
  void log_to(spdlog::logger& log) { log_ = &log; }

  // Keeps so many interpreters of a language ready (a forking one needs but one template).
  Result<void> warm(const Manifest& manifest, std::uint64_t count);

  std::int64_t last_gen(const std::string& lang, const std::string& name) const;
  std::vector<ContextInfo> info() const;
  std::uint64_t alive() const { return contexts_.size(); }
  std::uint64_t started() const { return started_; }  // since the daemon began
  std::uint64_t lost() const { return lost_; }
  const std::string& work_dir() const { return work_dir_; }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Warm {
    std::uint64_t wanted = 0;
    std::shared_ptr<Interpreter> forking;
    std::deque<std::shared_ptr<Interpreter>> idle;
  };

  Interpreter::Birth birth(const Manifest& manifest, const Context::Settings& settings);
  struct Newborn {
    std::shared_ptr<Interpreter> interpreter;
    std::shared_ptr<Interpreter> warm;  // from which it is forked, if there is one
  };
  Newborn newborn(const Manifest& manifest, const Context::Settings& settings);
  boost::asio::awaitable<void> start(Newborn born);
  boost::asio::awaitable<void> bring_up(std::shared_ptr<Context> context,
                                        std::shared_ptr<Interpreter> warm);
  std::shared_ptr<Interpreter> take_idle(const Context& context);
  std::shared_ptr<Interpreter> template_for(const Manifest& manifest);
  void log(spdlog::level::level_enum level, const std::string& words, const Context& context);
  void refill(const Manifest& manifest);
  void forget(const std::shared_ptr<Context>& context, const std::string& cause);
  boost::asio::awaitable<void> watch_idle(std::weak_ptr<Context> context);

  TaskGroup& tasks_;
  Launcher& launcher_;
  Environment base_;
  std::string work_dir_;
  std::uint64_t most_;
  std::map<Key, std::shared_ptr<Context>> contexts_;
  std::map<Key, std::int64_t> gens_;
  std::map<std::string, Warm> warm_;
  std::uint64_t born_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t lost_ = 0;
  spdlog::logger* log_ = nullptr;
};

}  // namespace quern
