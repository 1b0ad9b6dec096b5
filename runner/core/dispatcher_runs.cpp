// SPDX-License-Identifier: Apache-2.0
// The dispatcher's ops on runs.
#include "dispatcher.hpp"
#include "log_entry.hpp"
#include "native_names.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::pair<const char*, int>, 9> signals{{{"INT", SIGINT},
                                                              {"TERM", SIGTERM},
                                                              {"KILL", SIGKILL},
                                                              {"HUP", SIGHUP},
                                                              {"USR1", SIGUSR1},
                                                              {"USR2", SIGUSR2},
                                                              {"QUIT", SIGQUIT},
                                                              {"STOP", SIGSTOP},
                                                              {"CONT", SIGCONT}}};

std::int64_t unix_now() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(now).count();
}

}  // namespace

std::shared_ptr<Run> Dispatcher::run_of(const Caller& caller, const std::string& name) {
  std::shared_ptr<Run> run = parts_.registry.find(name);
  if (run) return run;
  bool was = parts_.registry.used(name).has_value();
  refuse(caller, {ErrorCode::unknown_run,
                  "There is no run `" + name + "`" +
                      (was ? " any more: it was forgotten or has expired." : " in this boot.")});
  return nullptr;
}

Result<void> Dispatcher::may_start(const StartRun& spec) const {
  if (closing_)
    return Error{ErrorCode::closing, "The daemon is shutting down and starts nothing new."};
  if (!spec.boot.empty() && spec.boot != parts_.identity.boot) {
    return Error{ErrorCode::not_found, "This run was meant for boot " + spec.boot +
                                           " of the daemon, which is gone; this is boot " +
                                           parts_.identity.boot + "."};
  }
  if (serving_ >= parts_.limits.runs + parts_.limits.queue) {
    return Error{ErrorCode::limit, "There are " + std::to_string(serving_) +
                                       " runs executing or queued, as many as this daemon takes "
                                       "(limits.runs and limits.queue): try again later."};
  }
  return {};
}

Mode& Dispatcher::mode_of(const StartRun& spec) const {
  switch (spec.mode) {
    case RunMode::query: return parts_.query;
    case RunMode::batch: return parts_.batch;
    case RunMode::tty: break;
  }
  return parts_.tty;
}

// Whether this name has been answered for already.
bool Dispatcher::answer_repetition(const Caller& caller, const StartRun& spec) {
  std::optional<std::uint64_t> used = parts_.registry.used(caller.id);
  if (!used) return false;
  std::shared_ptr<Run> run = parts_.registry.find(caller.id);
  ++counters_.rejected[ErrorCode::exists];
  caller.reply(ExistsReply{"There " + std::string(run ? "is" : "was") + " a run `" + caller.id +
                               "` already; names serve once.",
                           run ? run->state() : RunState::finished, *used == spec.fingerprint});
  return true;
}

void Dispatcher::serve(const Caller& caller, StartRun& op) {
  if (answer_repetition(caller, op)) return;
  if (Result<void> may = may_start(op); !may) return refuse(caller, may.error());
  Mode& mode = mode_of(op);
  std::uint64_t window = op.window;
  auto run = std::make_shared<Run>(parts_.tasks, parts_.spill, parts_.limits, counters_, caller.id,
                                   std::move(op));
  Result<Admission> admission = mode.accept(run);
  if (!admission) return refuse(caller, admission.error());
  ++counters_.runs[run->spec().mode];
  ++serving_;
  parts_.registry.add(run);
  if (run->spec().mode == RunMode::query) add_user(caller, run->spec());
  run->attach(caller.peer, 0, window);
  run->say_first([caller, &accepted = *run, admission = std::move(*admission)] {
    caller.reply(RunReply{caller.id});
    accepted.emit(Accepted{admission.queued, admission.cwd, accepted.spec().meta, unix_now()});
  });
  log_entry(parts_.log, spdlog::level::debug, "run accepted",
            {{"run", caller.id},
             {"conn", caller.peer->conn()},
             {"mode", native::name(run->spec().mode)},
             {"lang", run->spec().lang},
             {"ctx", run->spec().mode == RunMode::query ? run->spec().ctx : ""}});
  if (run->spec().lease.count() > 0) parts_.tasks.spawn(run->keep_lease());
  parts_.tasks.spawn(serve_run(run, mode));
  run->say_first_now();
}

// Whatever happens inside, the run's clients hear exactly one ending.
asio::awaitable<void> Dispatcher::serve_run(std::shared_ptr<Run> run, Mode& mode) {
  std::string problem;
  try {
    co_await mode.execute(run);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!over(run->phase())) {
    if (problem.empty()) problem = "the mode ended without an ending";
    log_entry(parts_.log, spdlog::level::err, "run failed inside: " + problem,
              {{"run", run->name()}});
    ErrorRaised error;
    error.kind = ErrorKind::internal;
    error.name = "InternalError";
    error.message = "quernd could not carry this run out: " + problem + ".";
    Finished finished;
    finished.status = FinishedStatus::error;
    finished.cause = error.message;
    finished.error = ErrorSummary{error.name, error.message};
    run->emit(std::move(error));
    run->emit(std::move(finished));
  } else if (!problem.empty()) {
    log_entry(parts_.log, spdlog::level::warn, "run failed after its end: " + problem,
              {{"run", run->name()}});
  }
  if (run->phase() == RunPhase::open) run->emit(Closed{});
  --serving_;
  log_entry(parts_.log, spdlog::level::debug, "run finished",
            {{"run", run->name()}, {"status", native::name(run->finished()->status)}});
  parts_.registry.finished(run);
}

void Dispatcher::serve(const Caller& caller, Input& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  Result<void> taken = run->input(std::move(op));
  if (!taken) return refuse(caller, taken.error());
  caller.reply(Ok{});
}

void Dispatcher::serve(const Caller& caller, Resize& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  if (Result<void> done = run->resize(op); !done) return refuse(caller, done.error());
  caller.reply(Ok{});
}

void Dispatcher::serve(const Caller& caller, Interrupt& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  bool delivered =
      run->end({EndReason::interrupted, "It was interrupted by request.", op.grace, SIGINT});
  caller.reply(DeliveredReply{delivered});
}

void Dispatcher::serve(const Caller& caller, Signal& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  auto named = [&](const auto& entry) { return entry.first == op.signal; };
  auto signal = std::find_if(signals.begin(), signals.end(), named);
  if (signal == signals.end()) {
    return refuse(caller,
                  {ErrorCode::bad_request, "There is no signal `" + op.signal + "` to send."});
  }
  caller.reply(DeliveredReply{run->signal(signal->second)});
}

void Dispatcher::serve(const Caller& caller, Attach& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  Journal& journal = run->journal();
  std::int64_t last = std::min(op.after, journal.next_seq() - 1);
  std::int64_t next = op.tail ? journal.tail(*op.tail) : last + 1;
  run->attach(caller.peer, next, op.window);
  caller.reply(AttachReply{next, run->state()});
  run->start_sending(*caller.peer);
}

void Dispatcher::serve(const Caller& caller, Detach& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  run->detach(*caller.peer);
  caller.reply(Ok{});
}

// The one op without a reply: of a run that is gone there is nothing left to acknowledge.
void Dispatcher::serve(const Caller& caller, Ack& op) { acknowledge(*caller.peer, op.run, op.seq); }

void Dispatcher::acknowledge(const Peer& peer, const std::string& name, std::int64_t seq) {
  if (std::shared_ptr<Run> run = parts_.registry.find(name)) run->ack(peer, seq);
}

void Dispatcher::serve(const Caller& caller, ReadOutput& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (run) parts_.tasks.spawn(read_output(caller, std::move(run), std::move(op)));
}

asio::awaitable<void> Dispatcher::read_output(Caller caller, std::shared_ptr<Run> run,
                                              ReadOutput op) {
  std::uint64_t size = run->stream_size(op.stream);
  auto from = static_cast<std::uint64_t>(std::max<std::int64_t>(op.from, 0));
  if (op.from < 0) {
    auto back = std::uint64_t{0} -
                static_cast<std::uint64_t>(op.from);  // the lowest number has no opposite
    from = size > back ? size - back : 0;
  }
  from = std::min(from, size);
  std::uint64_t length =
      std::min(op.length.value_or(max_body), static_cast<std::uint64_t>(max_body));
  length = std::min(length, size - from);
  try {
    Journal::Slice slice = co_await run->journal().slice(op.stream, from, length);
    bool eof = run->phase() == RunPhase::closed &&
               slice.from + slice.bytes.size() == run->stream_size(op.stream);
    caller.reply(OutputReply{slice.from, run->stream_size(op.stream), eof, std::move(slice.bytes)});
  } catch (const std::system_error& error) {
    refuse(caller,
           {ErrorCode::io, std::string("Cannot read the run's journal: ") + error.what() + "."});
  }
}

void Dispatcher::serve(const Caller& caller, Wait& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (run) parts_.tasks.spawn(wait(caller, std::move(run), std::move(op)));
}

asio::awaitable<void> Dispatcher::wait(Caller caller, std::shared_ptr<Run> run, Wait op) {
  auto deadline = op.timeout ? Clock::now() + *op.timeout : Clock::time_point::max();
  auto going_on = [&] {
    return run->state() == RunState::queued || run->state() == RunState::running;
  };
  while (going_on() && Clock::now() < deadline) co_await run->changed().wait_until(deadline);
  caller.reply(run->waited());
}

void Dispatcher::serve(const Caller& caller, Forget& op) {
  std::shared_ptr<Run> run = run_of(caller, op.run);
  if (!run) return;
  if (!over(run->phase())) {
    return refuse(caller, {ErrorCode::busy,
                           "Run `" + op.run + "` has not finished: end it before forgetting it."});
  }
  parts_.registry.forget(op.run);
  caller.reply(Ok{});
}

}  // namespace quern
