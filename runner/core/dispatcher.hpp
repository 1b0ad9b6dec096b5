// SPDX-License-Identifier: Apache-2.0
// Every request passes here: one exhaustive visit from what is asked to what is done.
//
// Answers each request exactly once (`ack` never), at once where it can, else from a task of its
// own. Guarantees that a run that was accepted ends in exactly one `finished`, whatever its mode
// comes to. Owned by main; doors call handle() and gone(). Never: sees bytes, starts processes by
// itself.
#pragma once

#include "asking.hpp"
#include "contexts.hpp"
#include "counters.hpp"
#include "file_service.hpp"
#include "languages.hpp"
#include "mode.hpp"
#include "peer.hpp"
#include "registry.hpp"
#include "request_lanes.hpp"
#include "turnstile.hpp"
#include "versions.hpp"

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace quern {

class Dispatcher {
 public:
  struct Identity {
    std::string version;
    std::string boot;
    std::vector<std::string> features;
  };
  struct Parts {
    TaskGroup& tasks;
    const Languages& languages;
    const DaemonLimits& limits;
    RunLimits run_limits;  // for runs that name none
    SpillStore& spill;
    Registry& registry;
    Contexts& contexts;
    Asking& asking;
    Versions& versions;
    Turnstile& slots;
    FileService& files;
    Mode& batch;
    Mode& query;
    Mode& tty;
    Identity identity;
    spdlog::logger& log;
  };

  explicit Dispatcher(Parts parts);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void handle(const std::shared_ptr<Peer>& peer, Request request);
  void rejected(Peer& peer, const std::string& id, const Error& error);
  void arrived() { ++counters_.connections; }  // a connection that was not there before
  void gone_soon(std::shared_ptr<Peer> peer);  // the connection is not there any more

  // `shutdown` was asked for, or main was told to stop.
  bool closing() const { return closing_.has_value(); }
  void close(milliseconds grace);
  boost::asio::awaitable<void> closed();  // until somebody asks for it
  // TERM, the grace, KILL; every run gets its `finished`; clients may take what is theirs until
  // then.
  boost::asio::awaitable<void> end_everything();

 private:
  struct Caller {
    std::shared_ptr<Peer> peer;
    std::string id;
    void reply(const Reply& reply) const { peer->reply(id, reply); }
  };

  void serve(const Caller& caller, Hello& op);
  void serve(const Caller& caller, Ping& op);
  void serve(const Caller& caller, StartRun& op);
  void serve(const Caller& caller, Input& op);
  void serve(const Caller& caller, Resize& op);
  void serve(const Caller& caller, Interrupt& op);
  void serve(const Caller& caller, Signal& op);
  void serve(const Caller& caller, Attach& op);
  void serve(const Caller& caller, Detach& op);
  void serve(const Caller& caller, Ack& op);
  void serve(const Caller& caller, ReadOutput& op);
  void serve(const Caller& caller, Wait& op);
  void serve(const Caller& caller, Forget& op);
  void serve(const Caller& caller, OpenContext& op);
  void serve(const Caller& caller, ResetContext& op);
  void serve(const Caller& caller, CloseContext& op);
  void serve(const Caller& caller, Complete& op);
  void serve(const Caller& caller, Inspect& op);
  void serve(const Caller& caller, Check& op);
  void serve(const Caller& caller, DescribeSyntax& op);
  void serve(const Caller& caller, Put& op);
  void serve(const Caller& caller, Get& op);
  void serve(const Caller& caller, List& op);
  void serve(const Caller& caller, Stat& op);
  void serve(const Caller& caller, Move& op);
  void serve(const Caller& caller, Remove& op);
  void serve(const Caller& caller, Status& op);
  void serve(const Caller& caller, Shutdown& op);

  void serve_now(const std::shared_ptr<Peer>& peer, Request request);
  bool may_overtake(const Op& op) const;
  template <class Value>
  void start_file_op(const Caller& caller, boost::asio::awaitable<Result<Value>> op);
  template <class Value>
  boost::asio::awaitable<void> finish_file_op(Caller caller,
                                              boost::asio::awaitable<Result<Value>> op);
  void open_lane(const std::shared_ptr<Peer>& peer);

  std::vector<std::shared_ptr<Run>> end_runs();
  boost::asio::awaitable<void> detach_everywhere(std::shared_ptr<Peer> peer);
  boost::asio::awaitable<void> greet(Caller caller, bool versions);
  void refuse(const Caller& caller, const Error& error);
  void acknowledge(const Peer& peer, const std::string& name, std::int64_t seq);
  std::shared_ptr<Run> run_of(const Caller& caller,
                              const std::string& name);  // answers when unknown
  Mode& mode_of(const StartRun& spec) const;
  Result<void> may_start(const StartRun& spec) const;
  bool answer_repetition(const Caller& caller, const StartRun& spec);
  boost::asio::awaitable<void> serve_run(std::shared_ptr<Run> run, Mode& mode);
  boost::asio::awaitable<void> wait(Caller caller, std::shared_ptr<Run> run, Wait op);
  boost::asio::awaitable<void> read_output(Caller caller, std::shared_ptr<Run> run, ReadOutput op);
  boost::asio::awaitable<void> open(Caller caller, std::shared_ptr<Context> context);
  boost::asio::awaitable<void> end_context(Caller caller, std::shared_ptr<Context> context,
                                           bool again);
  void add_user(const Caller& caller, const StartRun& spec);
  void ask(const Caller& caller, const std::string& lang, const std::string& ctx,
           Question question);
  std::shared_ptr<Context> context_of(const Caller& caller, const std::string& lang,
                                      const std::string& name);

  Parts parts_;
  Counters counters_;
  RequestLanes lanes_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::optional<milliseconds> closing_;
  Notifier closing_changed_;
  std::uint64_t serving_ = 0;  // runs whose coroutine has not ended
};

}  // namespace quern
