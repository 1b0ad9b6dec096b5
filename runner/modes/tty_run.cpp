// SPDX-License-Identifier: Apache-2.0
#include "tty_run.hpp"

#include "adapter.hpp"
#include "conclusion.hpp"
#include "program_environment.hpp"
#include "run_limits.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// What a shell says for a command that it could not run.
constexpr int not_run = 127;

// For who is left at the terminal to take its leave, and how often it is seen whether it has: the
// end of an orphan cannot be awaited.
constexpr milliseconds after_hang_up{200};
constexpr milliseconds between_looks{5};

}  // namespace

TtyRun::TtyRun(const Tty::Parts& parts, TaskGroup& tasks, std::shared_ptr<Run> run)
    : parts_(parts),
      tasks_(tasks),
      run_(std::move(run)),
      manifest_(parts.languages.find(run_->spec().lang)),
      limits_(run_->spec().limits),
      looks_(tasks.executor()),
      supervisor_(
          tasks, {[this](int signal) {
                    if (child_) child_->signal(signal);
                  },
                  [this](const std::string&) {
                    if (child_) child_->signal(SIGKILL);
                  },
                  // What ends a shell that minds no other signal.
                  [this] {
                    if (child_) child_->signal(SIGHUP);
                    if (child_) child_->signal(SIGCONT);
                  },
                  [this](std::uint64_t near) { return child_ ? child_->usage(near) : TreeUsage{}; },
                  parts.kernel}) {
  if (manifest_) limits_ = with_defaults(limits_, manifest_->limits);
  limits_ = with_defaults(limits_, parts_.limits);
}

TtyRun::~TtyRun() { run_->set_execution(nullptr); }

std::string TtyRun::directory(const Tty::Parts& parts, const StartRun& spec) {
  if (spec.cwd.empty()) return parts.work_dir;
  return (std::filesystem::path(parts.work_dir) / spec.cwd).string();
}

asio::awaitable<void> TtyRun::carry_out(Turnstile::Pass pass) {
  pass_ = std::move(pass);
  if (!launch()) co_return;
  run_->set_execution(this);
  run_->emit(Started{child_->pid(), std::nullopt});
  started_at_ = Clock::now();
  supervisor_.start_limits(limits_, {});
  tasks_.spawn(terminal_->run());
  pump_output();
  watch_echo();
  const ExitStatus exit = co_await child_->wait();
  echo_->finish();
  co_await end_program();
  output_->drain();
  Finished finished = conclude(exit, reason(exit));
  finished.cause += told_of_refusals(child_->refused_processes(), limits_.processes);
  finished.cause += supervisor_.told_of_kernel(finished);
  finish(std::move(finished));
}

// False when the run has ended for it.
bool TtyRun::launch() {
  const TerminalSize& size = run_->spec().tty;
  auto pty = open_pty({size.rows, size.cols});
  if (!pty) {
    fail("TerminalError", "The run cannot start: " + pty.error().what + ".", std::nullopt);
    return false;
  }
  terminal_.emplace(tasks_.executor(), std::move(pty->master));
  auto child = parts_.launcher.launch(command(pty->slave.get()));
  if (!child) {
    fail("ExecError", "The program cannot run: " + child.error().what + ".", not_run);
    return false;
  }
  child_ = std::move(*child);
  return true;
}

Command TtyRun::command(int slave) const {
  const StartRun& spec = run_->spec();
  Command command;
  command.argv = spec.command.empty() ? terminal_argv(*manifest_, spec.argv) : spec.command;
  if (!spec.command.empty())
    command.argv.insert(command.argv.end(), spec.argv.begin(), spec.argv.end());
  command.env = terminal_environment(parts_.base, manifest_, spec);
  command.cwd = directory(parts_, spec);
  command.terminal = true;
  command.descriptors = {{0, slave}, {1, slave}, {2, slave}};
  command.processes = limits_.processes;
  if (limits_.fsize) {
    command.limits.push_back({RLIMIT_FSIZE, *limits_.fsize});
    command.ignored.push_back(SIGXFSZ);  // the call that would go beyond fails, and that is all
  }
  return command;
}

void TtyRun::pump_output() {
  auto sink = [this](std::shared_ptr<const char[]> bytes, std::size_t size) {
    last_line_.add({bytes.get(), size});
    if (echo_) echo_->stir();
    run_->emit(Output{Stream::out, 0, false, Blob(std::move(bytes), size)});
    if (!run_->full()) return;
    output_->pause();
    run_->when_room([weak = std::weak_ptr(output_)] {
      if (auto self = weak.lock()) self->resume();
    });
  };
  output_ = std::make_shared<Pump>(tasks_.executor(), terminal_->output_end(), sink);
  tasks_.spawn(output_->run());
}

// The question is told first, whatever of it is at the terminal still.
void TtyRun::watch_echo() {
  auto hidden = [this] {
    output_->drain();
    if (!run_->asking()) run_->ask(last_line_.text(), true, PromptSource::terminal);
  };
  auto shown = [this] { run_->close_prompt(InputOutcome::ended); };
  echo_.emplace(tasks_.executor(), *terminal_, EchoWatch::Told{hidden, shown});
  tasks_.spawn(echo_->run());
}

// The program has ended, and its terminal goes: whoever is left there is told so, and ended.
asio::awaitable<void> TtyRun::end_program() {
  const auto patience = Clock::now() + after_hang_up;
  if (!supervisor_.ended() && child_->signal(SIGHUP)) {
    child_->signal(SIGCONT);  // who is stopped hears nothing
    while (!child_->members().empty() && Clock::now() < patience)
      co_await looks_.wait_until(Clock::now() + between_looks);
  }
  co_await child_->stop(milliseconds{0});
}

// Whoever was interrupted decides himself what becomes of it, as at any terminal.
void TtyRun::end(const EndRequest& request) {
  if (request.reason != EndReason::interrupted) return supervisor_.end(request);
  interrupted_ = request;
  terminal_->interrupt();
  echo_->answered(true);
  run_->close_prompt(InputOutcome::interrupted);
}

std::optional<EndRequest> TtyRun::reason(const ExitStatus& exit) const {
  if (auto known = supervisor_.reason(exit.signal)) return known;
  return exit.signal == SIGINT ? interrupted_ : std::nullopt;
}

bool TtyRun::signal(int number) {
  supervisor_.note_signal(number);
  return child_->signal(number);
}

void TtyRun::input(std::string bytes) {
  const bool whole_line = bytes.find_first_of("\n\r") != std::string::npos;
  terminal_->write(std::move(bytes));
  if (echo_) echo_->answered(whole_line);
}

Result<void> TtyRun::may_end_input() const {
  if (terminal_->end_of_file()) return {};
  return Error{ErrorCode::unsupported,
               "The program of run `" + run_->name() +
                   "` takes what is typed raw, where nothing ends the input: send the keys that "
                   "it ends by."};
}

void TtyRun::input_eof() {
  const std::optional<char> ends = terminal_->end_of_file();
  if (ends) terminal_->write(std::string(1, *ends));
  if (echo_) echo_->answered(true);
}

std::size_t TtyRun::unread_input() const { return terminal_->unread(); }

bool TtyRun::resize(std::uint16_t rows, std::uint16_t cols) {
  return terminal_->resize({rows, cols});
}

void TtyRun::fail(const char* name, const std::string& message, std::optional<int> exit) {
  Failure failure = failed_to_run(name, message, exit);
  run_->emit(std::move(failure.error));
  pass_.reset();
  run_->emit(std::move(failure.finished));
}

void TtyRun::finish(Finished finished) {
  finished.usage.wall = std::chrono::duration_cast<milliseconds>(Clock::now() - started_at_);
  pass_.reset();
  run_->emit(std::move(finished));
}

}  // namespace quern
