// SPDX-License-Identifier: Apache-2.0
// A dispatcher among real parts, but for its modes, whose runs do what the test says.
#pragma once

#include "dispatcher.hpp"
#include "run_bench.hpp"
#include "scripted_launcher.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <functional>

namespace quern {

// Its runs start at once and go on until something ends them: a client, or the test.
class PlainMode final : public Mode {
 public:
  Result<Admission> accept(const std::shared_ptr<Run>& run) override {
    if (refusal) return *refusal;
    accepted.push_back(run->name());
    return Admission{0, "/somewhere"};
  }
  boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) override {
    if (body) return body(run);
    return go_on(run);
  }

  std::optional<Error> refusal;
  bool resizable = false;
  std::vector<std::string> accepted;
  std::function<boost::asio::awaitable<void>(std::shared_ptr<Run>)> body;  // instead
  std::chrono::milliseconds last_grace{-1};  // with which a run was told to end

 private:
  // Ends when it is told so without grace; with one it goes on, as a program that ignores signals.
  struct Patient final : Execution {
    Patient(Run& of, PlainMode& in) : run(of), mode(in) {}
    void end(const EndRequest& request) override {
      mode.last_grace = request.grace;
      if (request.grace.count() > 0) return;
      ended = request;
      run.changed().notify();
    }
    bool signal(int) override { return true; }
    void input(std::string) override {}
    void input_eof() override {}
    std::size_t unread_input() const override { return 0; }
    void wrote(const Blob&) override {}
    bool resize(std::uint16_t, std::uint16_t) override { return mode.resizable; }
    Run& run;
    PlainMode& mode;
    std::optional<EndRequest> ended;
  };

  boost::asio::awaitable<void> go_on(std::shared_ptr<Run> run) {
    Patient execution(*run, *this);
    run->emit(Started{.pid = 7});
    run->set_execution(&execution);
    while (!execution.ended && !over(run->phase())) co_await run->changed().wait();
    run->set_execution(nullptr);
    if (execution.ended)
      run->emit(Finished{.status = FinishedStatus::killed, .cause = execution.ended->cause});
  }
};

struct DispatcherBench : RunBench {
  DispatcherBench() {
    log.set_level(spdlog::level::off);
    std::filesystem::create_directories(dir.path() / "langs" / "toy");
    Result<Languages> read = Languages::read(dir.path() / "langs", "/usr/bin:/bin");
    REQUIRE(read.has_value());
    languages = std::move(*read);
    dispatcher.emplace(Dispatcher::Parts{tasks,
                                         languages,
                                         limits,
                                         run_limits,
                                         spill,
                                         registry,
                                         contexts,
                                         asking,
                                         versions,
                                         slots,
                                         file_service,
                                         plain,
                                         plain,
                                         plain,
                                         {"1.2.3", "boot-1", {}},
                                         log});
  }
  ~DispatcherBench() {
    plain.body = nullptr;
    end_tasks();
  }

  // As a door does it: on the loop; then everything that follows from it without waiting.
  void ask(const std::shared_ptr<RecordingPeer>& peer, const std::string& id, Op op) {
    boost::asio::post(io, [&, peer] { dispatcher->handle(peer, {id, std::move(op)}); });
    turn();
  }
  std::shared_ptr<Run> find(const std::string& name) { return registry.find(name); }

  static StartRun start(std::uint64_t fingerprint = 1) {
    StartRun spec;
    spec.exec = std::string("true");
    spec.fingerprint = fingerprint;
    return spec;
  }
  static std::shared_ptr<RecordingPeer> peer(const std::string& conn) {
    return std::make_shared<RecordingPeer>(conn);
  }

  Languages languages;
  RunLimits run_limits;
  ScriptedLauncher launcher{io.get_executor()};
  Registry registry{io.get_executor(), limits.finished};
  Contexts contexts{tasks, launcher, {}, dir, limits.contexts};
  StandIns stand_ins{tasks, contexts, std::chrono::hours{1}};
  Asking asking{tasks, stand_ins};
  Versions versions{tasks, launcher, languages, {}};
  Turnstile slots{limits.runs};
  FileService file_service{files, dir};
  PlainMode plain;
  spdlog::logger log{"test", std::make_shared<spdlog::sinks::null_sink_st>()};
  std::optional<Dispatcher> dispatcher;
};

// The code of a failing reply, whose message must be a sentence.
inline std::optional<ErrorCode> refused(const Reply& reply) {
  const auto* error = std::get_if<Error>(&reply);
  if (!error) return std::nullopt;
  CHECK(error->message.ends_with('.'));
  return error->code;
}

}  // namespace quern
