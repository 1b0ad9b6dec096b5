// SPDX-License-Identifier: Apache-2.0
#include "query_run.hpp"

#include "conclusion.hpp"
#include "run_limits.hpp"
#include "worker_events.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <system_error>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds worth_looking{5};

// Between reading a request and beginning its snippet, on a busy machine.
constexpr milliseconds time_to_begin{500};

}  // namespace

QueryRun::QueryRun(const Surroundings& around, TaskGroup& tasks, std::shared_ptr<Run> run,
                   std::shared_ptr<Context> context)
    : around_(around),
      tasks_(tasks),
      run_(std::move(run)),
      context_(std::move(context)),
      supervisor_(tasks, reach()),
      asking_(*run_, tasks, around_.eyes),
      ended_(tasks.executor()) {}

QueryRun::~QueryRun() {
  around_.lasting.remove(*this);
  run_->set_execution(nullptr);
}

Supervisor::Reach QueryRun::reach() {
  return {[this](int signal) { interrupt(signal); },
          [this](const std::string& cause) { context_->interpreter()->kill(cause); },
          [this] { insist(); },
          [this](std::uint64_t near) { return context_->interpreter()->child().usage(near); },
          around_.kernel,
          [this] { return context_->interpreter()->child().kill_below_root(); }};
}

// A worker takes no notice of it before it has begun the snippet.
void QueryRun::interrupt(int signal) {
  Interpreter& interpreter = *context_->interpreter();
  begun_ = spoken_ || (interpreter.has_read() && Clock::now() - started_at_ >= time_to_begin);
  interpreter.hear_anyway(true);
  interpreter.child().signal(signal);
  urge();
}

void QueryRun::insist() {
  if (begun_) {
    if (context_->interpreter()->child().signal_again(SIGINT)) urge();
  } else {
    interrupt(SIGINT);
  }
  InputPipe& input = context_->interpreter()->input();
  if (run_->asking() && input.writable()) input.write("\n");
}

// A shell takes an interrupt for handled when the command that it waits for ends well all the same.
void QueryRun::urge() {
  if (context_->manifest().query.urge == Urge::too)
    context_->interpreter()->child().signal_root(SIGURG);
}

asio::awaitable<void> QueryRun::carry_out(Passes passes) {
  passes_ = std::move(passes);
  if (!co_await start()) co_return;
  while (!over(run_->phase())) co_await ended_.wait();
}

// False when the run has ended already.
asio::awaitable<bool> QueryRun::start() {
  const Interpreter* here = context_->interpreter();
  if (!here || !here->is_ready()) run_->say_first_now();  // before anything of the context
  around_.contexts.begin(context_);
  if (context_->interpreter()->is_ready()) {
    ready_.emplace();
  } else {
    tasks_.spawn(await_ready());
  }
  while (!ready_ && !run_->end_request()) co_await run_->changed().wait();
  if (ready_ && !*ready_) {
    fail_to_start(ready_->error());
    co_return false;
  }
  if (run_->end_request()) {
    run_->emit(never_started(*run_->end_request()));
    co_return false;
  }
  if (!bound_files()) co_return false;
  Interpreter& interpreter = *context_->interpreter();
  if (context_->manifest().query.urge == Urge::instead)
    interpreter.child().spare_root(SIGINT, SIGRTMAX);
  if (run_->spec().input == Stdin::none) {
    interpreter.input().close_writer();
  } else if (!interpreter.input().writable()) {
    interpreter.input().open_writer();
  }
  context_->take({run_, [this](const WorkerFrame& frame) { heard(frame); },
                  [this](const Loss& loss) { lost(loss); }});
  started_at_ = Clock::now();
  const RunLimits limits = this->limits();
  // Who works already while we look and tell; where something is bounded, we have looked before.
  if (!sampled(limits)) ask_worker();
  cpu_before_ = interpreter.child().root_cpu();
  start_limits(limits);
  if (sampled(limits)) ask_worker();
  run_->emit(Started{interpreter.child().pid(), std::nullopt});
  run_->set_execution(this);
  around_.lasting.add(*this);
  co_return true;
}

RunLimits QueryRun::limits() const {
  RunLimits limits = with_defaults(run_->spec().limits, context_->settings().limits);
  limits = with_defaults(limits, context_->manifest().limits);
  return with_defaults(limits, around_.defaults);
}

// False when the system does not let us, and the run has ended for it.
bool QueryRun::bound_files() {
  const auto fsize = limits().fsize;
  const int number = fsize ? context_->interpreter()->child().bound_root(RLIMIT_FSIZE, fsize) : 0;
  if (number == 0) return true;
  ErrorRaised error;
  error.kind = ErrorKind::limit;
  error.name = "LimitNotSet";
  error.message = "The limit of `fsize` cannot be set on a running interpreter here (" +
                  std::generic_category().message(number) + "): leave it out.";
  Finished finished;
  finished.status = FinishedStatus::error;
  finished.cause = error.message;
  finished.context = ContextFate::kept;
  finished.error = ErrorSummary{error.name, error.message};
  run_->emit(std::move(error));
  run_->emit(std::move(finished));
  return false;
}

void QueryRun::start_limits(const RunLimits& limits) {
  TreeUsage before;
  if (sampled(limits)) {
    const std::uint64_t near = limits.memory ? 0 : ~std::uint64_t{0};  // 0: exact from the start
    before = context_->interpreter()->child().usage(near);
  }
  if (limits.processes) {
    refused_before_ = context_->interpreter()->child().refused_processes();
    context_->interpreter()->child().bound_processes(limits.processes);
  }
  supervisor_.start_limits(limits, before);
}

asio::awaitable<void> QueryRun::await_ready() {
  Result<void> ready = co_await context_->interpreter()->ready();
  ready_ = ready;
  run_->changed().notify();
}

void QueryRun::ask_worker() {
  const StartRun& spec = run_->spec();
  std::string arguments;
  for (const std::string& argument : spec.argv) arguments += argument + '\0';
  WorkerFrame frame{
      "run",
      {{"stdin", spec.input == Stdin::ask ? "ask" : "none"}, {"silent", spec.silent ? "1" : "0"}},
      {{"argv", std::move(arguments)}, {"code", spec.code}}};
  if (spec.merge) frame.attributes.emplace_back("merge", "1");
  if (!spec.traceparent.empty()) frame.parts.emplace_back("traceparent", spec.traceparent);
  std::string rest = context_->interpreter()->send_now(frame);
  if (!rest.empty()) tasks_.spawn(context_->interpreter()->send_rest(std::move(rest)));
}

// Most queries are over before their program could ask anybody.
void QueryRun::lasts() {
  if (over(run_->phase())) return;
  Interpreter& interpreter = *context_->interpreter();
  if (interpreter.is_lost()) return;
  asking_.watch(interpreter.child(), interpreter.input(), [&interpreter] {
    interpreter.drain();
    return !interpreter.has_spoken();  // the language may have asked by itself
  });
}

void QueryRun::heard(const WorkerFrame& frame) {
  if (over(run_->phase())) return;
  spoken_ = true;
  if (frame.kind == "done") {
    conclude_done(frame);
  } else if (frame.kind == "result") {
    if (!run_->spec().silent) run_->emit(shown_of(frame));
  } else if (frame.kind == "display") {
    run_->emit(shown_of(frame));
  } else if (frame.kind == "clear") {
    run_->emit(Cleared{frame.attribute("wait") == "1"});
  } else if (frame.kind == "error") {
    error_ = error_of(frame);
    run_->emit(*error_);
  } else if (frame.kind == "prompt") {
    asking_.asked_otherwise();
    // With input at hand nobody has to be asked.
    if (context_->interpreter()->input().unread() > 0 || run_->asking() || run_->input_ended())
      return;
    run_->ask(prompt_of(frame), frame.attribute("password") == "1", PromptSource::asked);
  } else if (frame.kind == "taken") {
    asking_.answered_otherwise();
    bool interrupted = supervisor_.ended() && supervisor_.ended()->reason == EndReason::interrupted;
    run_->close_prompt(interrupted ? InputOutcome::interrupted : InputOutcome::answered);
  } else if (frame.kind == "progress") {
    run_->emit(progress_of(frame));
  }
}

void QueryRun::conclude_done(const WorkerFrame& done) {
  std::optional<std::int64_t> exit = number(done, "exit");
  bool failed = error_.has_value() || done.attribute("status") != "ok";
  Finished finished;
  finished.exit = exit ? static_cast<int>(*exit) : (failed ? 1 : 0);
  finished.context = ContextFate::kept;
  if (error_) finished.error = ErrorSummary{error_->name, error_->message};
  const std::optional<EndRequest>& ended = supervisor_.ended();
  if (ended) {
    finished.status = status_of(ended->reason);
    finished.cause = ended->cause;
  } else if (done.attribute("status") == "interrupted") {
    finished.status = FinishedStatus::interrupted;
    finished.cause = "It was interrupted.";
  } else {
    finished.status = failed ? FinishedStatus::error : FinishedStatus::ok;
    finished.cause = error_ ? error_->name + ": " + error_->message : "It ended by itself.";
    if (failed && !error_)
      finished.cause = "It exited with code " + std::to_string(*finished.exit) + ".";
  }
  finish(std::move(finished));
}

void QueryRun::lost(const Loss& loss) {
  if (!over(run_->phase())) conclude_lost(loss);
}

void QueryRun::conclude_lost(const Loss& loss) {
  ExitStatus exit = loss.status.value_or(ExitStatus{});
  std::optional<EndRequest> ended = supervisor_.reason(exit.signal);
  Finished finished;
  if (ended) {
    finished = conclude(exit, ended);
    finished.status = status_of(ended->reason);
    finished.cause = ended->cause;
  } else {
    finished.status =
        exit.signal && !loss.by_daemon ? FinishedStatus::crashed : FinishedStatus::error;
    finished.cause = loss.cause;
    finished.signal = exit.signal;
    // An interpreter that took leave with code 0 did not do what the query asked.
    if (exit.code && *exit.code != 0) finished.exit = exit.code;
  }
  ErrorRaised error;
  error.kind =
      ended && ended->reason != EndReason::interrupted && ended->reason != EndReason::killed
          ? ErrorKind::limit
          : ErrorKind::context_lost;
  error.name = error.kind == ErrorKind::limit ? "LimitExceeded" : "ContextLost";
  error.message = finished.cause;
  finished.context = ContextFate::lost;
  finished.error = ErrorSummary{error.name, error.message};
  run_->emit(std::move(error));
  finish(std::move(finished));
}

void QueryRun::fail_to_start(const Error& error) {
  Finished finished;
  finished.context = ContextFate::lost;
  if (run_->end_request()) {
    finished = never_started(*run_->end_request());
  } else if (context_->was_ended()) {
    finished = never_started({EndReason::aborted, error.message, milliseconds{0}});
  } else {
    ErrorRaised raised;
    raised.kind = ErrorKind::context_lost;
    raised.name = "ContextLost";
    raised.message = error.message;
    run_->emit(raised);
    finished.status = FinishedStatus::error;
    finished.cause = error.message;
    finished.error = ErrorSummary{raised.name, raised.message};
  }
  run_->emit(std::move(finished));
}

void QueryRun::finish(Finished finished) {
  around_.lasting.remove(*this);
  asking_.finish();
  finished.usage = usage();
  finished.cause += supervisor_.told_of_kernel(finished);
  if (const auto most = limits().processes) {
    Child& child = context_->interpreter()->child();
    finished.cause += told_of_refusals(child.refused_processes() - refused_before_, most);
    child.bound_processes(std::nullopt);
  }
  if (supervisor_.ended() && supervisor_.ended()->reason == EndReason::interrupted) {
    run_->close_prompt(InputOutcome::interrupted);
  }
  run_->set_execution(nullptr);
  // Whoever sees the end finds the context free; what becomes of it is told after the end.
  if (run_->spec().stop_on_error && finished.status != FinishedStatus::ok) {
    context_->line().dismiss(
        {EndReason::aborted, "An earlier query failed that said `stop_on_error`.", {}});
  }
  passes_.reset();
  run_->emit(std::move(finished));
  Interpreter& interpreter = *context_->interpreter();
  interpreter.hear_anyway(false);
  if (!interpreter.is_lost()) {
    interpreter.child().bound_root(RLIMIT_FSIZE, std::nullopt);
    interpreter.input().discard();
    if (!interpreter.input().writable()) interpreter.input().open_writer();
  }
  context_->give_back();
  ended_.notify();
}

Usage QueryRun::usage() const {
  Usage usage;
  usage.wall = std::chrono::duration_cast<milliseconds>(Clock::now() - started_at_);
  Child& child = context_->interpreter()->child();
  if (context_->interpreter()->is_lost()) {
    const std::optional<ExitStatus>& status = context_->interpreter()->loss()->status;
    if (status) {
      usage.cpu = std::chrono::duration_cast<milliseconds>(status->cpu - cpu_before_);
      usage.max_rss = status->max_rss;
    }
    return usage;
  }
  usage.cpu = std::chrono::duration_cast<milliseconds>(child.root_cpu() - cpu_before_);
  // A short query changes little, and looking costs as much as the query itself.
  if (usage.wall >= worth_looking || context_->max_rss == 0)
    context_->max_rss = child.root_memory().most;
  usage.max_rss = context_->max_rss;
  return usage;
}

std::optional<TreeUsage> QueryRun::taken() {
  if (context_->interpreter()->is_lost()) return std::nullopt;
  TreeUsage taken = supervisor_.taken();
  taken.cpu = std::max(taken.cpu - cpu_before_, std::chrono::microseconds(0));
  return taken;
}

void QueryRun::wrote(const Blob& bytes) {
  spoken_ = true;
  supervisor_.count_output(bytes.size());
  asking_.wrote(bytes);
}

void QueryRun::end(const EndRequest& request) { supervisor_.end(request); }

bool QueryRun::signal(int number) {
  supervisor_.note_signal(number);
  return context_->interpreter()->child().signal(number);
}

void QueryRun::input(std::string bytes) {
  context_->interpreter()->input().write(std::move(bytes));
  asking_.given();
}

void QueryRun::input_eof() {
  context_->interpreter()->input().close_writer();
  asking_.given();
}

std::size_t QueryRun::unread_input() const { return context_->interpreter()->input().unread(); }

}  // namespace quern
