// SPDX-License-Identifier: Apache-2.0
#include "batch_run.hpp"

#include "conclusion.hpp"
#include "files.hpp"
#include "pipe.hpp"
#include "program_environment.hpp"
#include "run_limits.hpp"

#include <boost/asio/this_coro.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

namespace quern {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// What a shell says for a command that it could not run.
constexpr int not_run = 127;

ExitStatus ended_well() { return {0, std::nullopt, {}, 0}; }

StepKind kind_of(Phase phase) {
  if (phase == Phase::build) return StepKind::build;
  return phase == Phase::clean ? StepKind::clean : StepKind::exec;
}

const char* name_of(Phase phase) {
  switch (phase) {
    case Phase::build: return "build";
    case Phase::exec: return "exec";
    case Phase::clean: return "clean";
  }
  return "";
}

std::string name_of_process(pid_t pid) {
  std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
  std::string name = "?";
  std::getline(comm, name);
  return name + " (" + std::to_string(pid) + ")";
}

}  // namespace

BatchRun::BatchRun(const Batch::Parts& parts, TaskGroup& tasks, std::shared_ptr<Run> run,
                   std::string cwd)
    : parts_(parts),
      tasks_(tasks),
      run_(std::move(run)),
      cwd_(std::move(cwd)),
      manifest_(parts.languages.find(run_->spec().lang)),
      supervisor_(tasks, {[this](int signal) {
                            if (child_) child_->signal(signal);
                            if (kept_build_) kept_build_->give_up();
                          },
                          [this](const std::string&) {
                            if (child_) child_->signal(SIGKILL);
                            if (kept_build_) kept_build_->give_up();
                          },
                          [this] {
                            if (run_->asking()) input_.write("\n");
                          },
                          [this](std::uint64_t near) {
                            TreeUsage usage = child_ ? child_->usage(near) : TreeUsage{};
                            usage.cpu += spent_.cpu;
                            return usage;
                          },
                          parts.kernel}),
      input_(tasks.executor()),
      pumped_(tasks.executor()) {
  limits_ = run_->spec().limits;
  if (manifest_) limits_ = with_defaults(limits_, manifest_->limits);
  limits_ = with_defaults(limits_, parts_.limits);
  run_->set_execution(this);
}

BatchRun::~BatchRun() { run_->set_execution(nullptr); }

asio::awaitable<void> BatchRun::carry_out(Turnstile::Pass pass) {
  pass_ = std::move(pass);
  const StartRun& spec = run_->spec();
  tasks_.spawn(input_.run());
  if (!co_await prepare()) co_return;

  std::optional<ExitStatus> built = co_await side_step(Phase::build, spec.build);
  if (over(run_->phase())) co_return;
  if (built && (!built->success() || supervisor_.ended())) {
    Finished finished = conclude(*built, supervisor_.reason(built->signal));
    const bool of_memory = finished.status == FinishedStatus::memory;
    if (!supervisor_.ended() && !of_memory) finished.status = FinishedStatus::build_failed;
    if (co_await clean_up()) finish(std::move(finished));
    co_return;
  }

  std::optional<StepCommand> command = co_await command_of(StepKind::exec, spec.exec);
  if (!command) co_return;
  if (command->argv.empty()) {  // `exec: ""`: the build was all
    if (co_await clean_up()) finish(conclude(ended_well(), supervisor_.ended()));
    co_return;
  }
  // A program's command that would compile first finds that done.
  if (std::holds_alternative<Skip>(spec.build)) co_await ask_builder(*command);
  std::optional<Stage> exec = co_await stage(Phase::exec, command->argv);
  if (exec) co_await finish_exec(std::move(*exec));
}

// A step beside the program itself; nothing when there was none, or the run has ended for it.
asio::awaitable<std::optional<ExitStatus>> BatchRun::side_step(Phase phase, const Step& step) {
  if (std::holds_alternative<Skip>(step)) co_return std::nullopt;
  std::optional<StepCommand> command = co_await command_of(kind_of(phase), step);
  if (!command) co_return std::nullopt;
  ExitStatus exit = ended_well();
  std::optional<pid_t> builder = co_await ask_builder(*command);
  if (builder) {
    run_->emit(Started{*builder, phase});
  } else if (!command->argv.empty()) {
    std::optional<Stage> done = co_await stage(phase, command->argv);
    if (over(run_->phase())) co_return std::nullopt;
    exit.code = not_run;
    if (done) exit = done->exit;
    if (done) co_await end_stage(*done);
  }
  run_->emit(StepFinished{phase, exit.code, exit.signal});
  co_return exit;
}

// Cleans whatever became of the program, unless somebody wants the run to end. False when the run
// has ended for it.
asio::awaitable<bool> BatchRun::clean_up() {
  if (!supervisor_.ended()) co_await side_step(Phase::clean, run_->spec().clean);
  co_return !over(run_->phase());
}

asio::awaitable<void> BatchRun::end_stage(Stage& stage) {
  co_await stage.child->stop(milliseconds{0});
  stage.out->drain();
  if (stage.err) stage.err->drain();
  child_ = nullptr;  // it goes with its stage
}

// False when the run has ended already.
asio::awaitable<bool> BatchRun::prepare() {
  const StartRun& spec = run_->spec();
  std::vector<File> files = spec.files;
  if (!spec.code.empty()) {
    File main{spec.file.empty() ? manifest_->main : spec.file, spec.code, 0644};
    files.insert(files.begin(), std::move(main));
  }
  if (files.empty()) co_return true;
  std::string problem =
      co_await parts_.files.run([dir = cwd_, files = std::move(files), user = parts_.user] {
        const Rights rights(user);
        return write_files(dir, files);
      });
  if (problem.empty()) co_return true;
  fail("FileError", std::move(problem), std::nullopt);
  co_return false;
}

// An empty argv when there is nothing to do; nothing when the run has ended for it.
asio::awaitable<std::optional<StepCommand>> BatchRun::command_of(StepKind kind, const Step& step) {
  const StartRun& spec = run_->spec();
  Listing listing;
  if (std::holds_alternative<Heuristic>(step)) {
    listing = co_await parts_.files.run([dir = cwd_, user = parts_.user] {
      const Rights rights(user);
      return list_work_dir(dir);
    });
  }
  std::string main = spec.file;
  if (main.empty() && manifest_) main = manifest_->main;
  Result<StepCommand> command = step_command(manifest_, kind, step, listing, main, spec.argv);
  if (command) co_return std::move(*command);
  fail("NothingToRun", command.error().message, not_run);
  co_return std::nullopt;
}

// Asks the builder of the rule, if there is one that is ready: its pid, when it has built. A
// builder is no process of the run: where limits other than the time hold for that, its command
// builds. So it does whenever the builder has not, without a word that the builder was asked.
asio::awaitable<std::optional<pid_t>> BatchRun::ask_builder(const StepCommand& command) {
  const bool bound = limits_.cpu || limits_.memory || limits_.processes || limits_.fsize;
  if (command.builder.empty() || bound || !parts_.builders || supervisor_.ended())
    co_return std::nullopt;
  std::optional<StandIns::Hold> hold = parts_.builders->builder(*manifest_, command.builder);
  if (!hold) co_return std::nullopt;
  kept_build_.emplace(std::move(*hold), tasks_.executor());
  start_limits();
  const KeptBuild::Order order{cwd_, command.argv, run_->spec().env};
  std::optional<pid_t> builder;
  if (co_await kept_build_->carry_out(order)) builder = kept_build_->pid();
  spent_.cpu += std::chrono::duration_cast<milliseconds>(kept_build_->cpu());
  kept_build_.reset();
  co_return builder;
}

void BatchRun::start_limits() {
  if (std::exchange(limits_started_, true)) return;
  started_at_ = Clock::now();
  supervisor_.start_limits(limits_, {});
}

// One command from start to end, all its output handed on; nothing when the run has ended for it.
asio::awaitable<std::optional<BatchRun::Stage>> BatchRun::stage(Phase phase, Argv argv) {
  if (supervisor_.ended()) {
    finish(conclude({std::nullopt, std::nullopt, {}, 0}, supervisor_.ended()));
    co_return std::nullopt;
  }
  std::optional<Stage> stage = launch(phase, argv);
  if (!stage) co_return std::nullopt;
  child_ = stage->child.get();
  run_->emit(Started{child_->pid(), phase});
  start_limits();
  if (phase == Phase::exec) watch_input(*stage);
  stage->exit = co_await child_->wait();
  if (asking_) asking_->finish();
  stage->out->drain();
  if (stage->err) stage->err->drain();
  spent_.cpu += std::chrono::duration_cast<milliseconds>(stage->exit.cpu);
  spent_.max_rss = std::max(spent_.max_rss, stage->exit.max_rss);
  refused_ += child_->refused_processes();
  co_return stage;
}

std::optional<BatchRun::Stage> BatchRun::launch(Phase phase, const Argv& argv) {
  bool merged = run_->spec().merge;
  OutputPipe out = output_pipe();
  OutputPipe err = merged ? OutputPipe{} : output_pipe();
  Command command;
  command.argv = argv;
  command.env = program_environment(parts_.base, manifest_, run_->spec());
  command.cwd = cwd_;
  command.descriptors = {{1, out.write_end.get()},
                         {2, merged ? out.write_end.get() : err.write_end.get()}};
  // Only the program itself may ask; a compiler that reads its stdin would take the program's
  // input.
  if (phase == Phase::exec && run_->spec().input == Stdin::ask) {
    command.descriptors.push_back({0, input_.read_end()});
  }
  command.processes = limits_.processes;
  if (limits_.fsize) {
    command.limits.push_back({RLIMIT_FSIZE, *limits_.fsize});
    command.ignored.push_back(SIGXFSZ);  // the call that would go beyond fails, and that is all
  }
  auto child = parts_.launcher.launch(command);
  if (!child) {
    std::string problem =
        "The " + std::string(name_of(phase)) + " step failed: " + child.error().what + ".";
    if (phase == Phase::clean) {  // the program has come to its own end by now
      run_->emit(Note{"clean-failed", std::move(problem)});
    } else {
      fail("ExecError", std::move(problem), not_run);
    }
    return std::nullopt;
  }
  Stage stage;
  stage.child = std::move(*child);
  stage.out = pump(Stream::out, std::move(out.read_end));
  if (!merged) stage.err = pump(Stream::err, std::move(err.read_end));
  return stage;
}

void BatchRun::watch_input(const Stage& stage) {
  asking_.emplace(*run_, tasks_, parts_.eyes);
  asking_->watch(*stage.child, input_, [out = stage.out, err = stage.err] {
    out->drain();
    if (err) err->drain();
    return true;
  });
}

std::shared_ptr<Pump> BatchRun::pump(Stream stream, UniqueFd end) {
  auto weak = std::make_shared<std::weak_ptr<Pump>>();
  auto sink = [this, stream, weak](std::shared_ptr<const char[]> bytes, std::size_t size) {
    run_->emit(Output{stream, 0, false, Blob(std::move(bytes), size)});
    if (!run_->full()) return;
    if (auto self = weak->lock()) self->pause();
    run_->when_room([weak] {
      if (auto self = weak->lock()) self->resume();
    });
  };
  auto made = std::make_shared<Pump>(tasks_.executor(), std::move(end), sink);
  *weak = made;
  tasks_.spawn(carry(made));
  return made;
}

asio::awaitable<void> BatchRun::carry(std::shared_ptr<Pump> pump) {
  co_await pump->run();
  pumped_.notify();
}

void BatchRun::end(const EndRequest& request) { supervisor_.end(request); }

bool BatchRun::signal(int number) {
  if (!child_) return false;
  supervisor_.note_signal(number);
  return child_->signal(number);
}

void BatchRun::wrote(const Blob& bytes) {
  supervisor_.count_output(bytes.size());
  if (asking_) asking_->wrote(bytes);
}

void BatchRun::input(std::string bytes) {
  input_.write(std::move(bytes));
  if (asking_) asking_->given();
}

void BatchRun::input_eof() {
  input_.close_writer();
  if (asking_) asking_->given();
}

std::size_t BatchRun::unread_input() const { return input_.unread(); }

void BatchRun::fail(std::string name, std::string message, std::optional<int> exit) {
  Failure failure = failed_to_run(std::move(name), std::move(message), exit);
  run_->emit(std::move(failure.error));
  finish(std::move(failure.finished));
}

void BatchRun::finish(Finished finished) {
  child_ = nullptr;
  if (supervisor_.ended() && supervisor_.ended()->reason == EndReason::interrupted) {
    run_->close_prompt(InputOutcome::interrupted);
  }
  finished.usage = spent_;
  finished.cause += told_of_refusals(refused_, limits_.processes);
  finished.cause += supervisor_.told_of_kernel(finished);
  if (limits_started_) {
    finished.usage.wall = std::chrono::duration_cast<milliseconds>(Clock::now() - started_at_);
  }
  pass_.reset();  // whoever is next need not wait for late output
  run_->emit(std::move(finished));
}

asio::awaitable<void> BatchRun::finish_exec(Stage stage) {
  bool keep = run_->spec().background == Background::keep && !supervisor_.ended();
  if (!keep) co_await end_stage(stage);
  child_ = nullptr;
  Finished finished = conclude(stage.exit, supervisor_.reason(stage.exit.signal));
  if (!co_await clean_up()) co_return;
  finished.open = stage.open();
  bool open = finished.open;
  finish(std::move(finished));
  run_->set_execution(nullptr);
  if (open) co_await stay_open(stage);
  if (keep) stage.child->disown();
}

// Somebody holds the output still: what he writes is late output, until he lets go.
asio::awaitable<void> BatchRun::stay_open(Stage& stage) {
  std::string holders;
  for (pid_t pid : stage.child->members()) holders += " " + name_of_process(pid);
  run_->emit(
      Note{"held-open", holders.empty()
                            ? "Processes that cannot be told apart still hold the run's output."
                            : "These processes still hold the run's output:" + holders + "."});
  while (stage.open()) co_await pumped_.wait();
  run_->emit(Closed{});
}

}  // namespace quern
