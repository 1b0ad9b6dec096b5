// SPDX-License-Identifier: Apache-2.0
// Runs at a terminal, whose programs are scripts and whose terminals are the kernel's.
#include "tty.hpp"
#include "core_world.hpp"
#include "recording_peer.hpp"
#include "scripted_launcher.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <fstream>

using namespace quern;

namespace {

constexpr pid_t first_pid = ScriptedLauncher::first_pid;

struct TtyBench : CoreWorld {
  TtyBench() {
    const std::string quiet = "[[batch.exec]]\nrun = ['true']\n";
    add_language("talker", "[tty]\ncommand = ['talk', '-i']\n[env]\nTALKER = '1'\n");
    add_language("quiet", quiet);
    Result<Languages> read = Languages::read(dir.path() / "langs", "/usr/bin:/bin");
    if (!read) FAIL(read.error().message);
    languages = std::move(*read);
    const Environment base{{"BASE", "b"}, {"TERM", "dumb"}, {"COLUMNS", "999"}};
    tty.emplace(Tty::Parts{languages, launcher, slots, base, "/work-dir", {}});
  }
  ~TtyBench() {
    run.reset();
    end_tasks();
  }

  void add_language(const std::string& name, const std::string& keys) {
    std::filesystem::create_directories(dir.path() / "langs" / name);
    std::ofstream(dir.path() / "langs" / name / "adapter.toml")
        << "name = '" << name << "'\ntitle = 'T'\n"
        << keys;
  }

  // As the dispatcher does it.
  Result<Admission> start(StartRun spec) {
    spec.mode = RunMode::tty;
    run = std::make_shared<Run>(tasks, spill, limits, counters, "r", std::move(spec));
    Result<Admission> admission = tty->accept(run);
    if (!admission) return admission;
    run->attach(client, 0, default_window);
    run->emit(Accepted{});
    boost::asio::post(io, [this] { tasks.spawn(execute()); });
    return admission;
  }
  void started(StartRun spec) {
    Result<Admission> admission = start(std::move(spec));
    if (!admission) FAIL(admission.error().message);
    REQUIRE(until([&] { return launcher.launches() == 1 && run->phase() != RunPhase::queued; }));
  }
  const Finished& finished() {
    REQUIRE(until([&] { return done; }));
    return *run->finished();
  }
  std::string said() const {
    std::string all;
    for (const Event& event : client->events()) {
      if (const auto* output = std::get_if<Output>(&event))
        all += std::string(output->bytes.view());
    }
    return all;
  }
  ErrorCode refusal(StartRun spec) {
    Result<Admission> admission = start(std::move(spec));
    REQUIRE_FALSE(admission.has_value());
    return admission.error().code;
  }

  DaemonLimits limits;
  Counters counters;
  Languages languages;
  ScriptedLauncher launcher{io.get_executor()};
  Turnstile slots{4};
  std::shared_ptr<RecordingPeer> client = std::make_shared<RecordingPeer>();
  std::optional<Tty> tty;
  std::shared_ptr<Run> run;
  bool done = false;

 private:
  boost::asio::awaitable<void> execute() {
    co_await tty->execute(run);
    done = true;
  }
};

StartRun asked_for(Argv command) {
  StartRun spec;
  spec.command = std::move(command);
  return spec;
}

}  // namespace

TEST_CASE("a program at a terminal has it as its three descriptors, and says what it is") {
  TtyBench bench;
  bench.launcher.script({exits(3).after_writing(1, "out\n").after_writing(2, "err\n")});
  StartRun spec = asked_for({"prog", "a"});
  spec.argv = {"b"};
  spec.cwd = "sub";
  bench.started(spec);
  const Finished& finished = bench.finished();
  CHECK(finished.status == FinishedStatus::error);
  CHECK(finished.exit == 3);
  CHECK(finished.stdout_bytes == 10);
  CHECK(bench.said() == "out\r\nerr\r\n");
  const Command& command = bench.launcher.commands.at(0);
  CHECK(command.terminal);
  CHECK(command.argv == Argv{"prog", "a", "b"});
  CHECK(command.cwd == "/work-dir/sub");
  CHECK(command.env == Environment{{"BASE", "b"}, {"TERM", "xterm-256color"}});
  CHECK(command.descriptors.size() == 3);
}

TEST_CASE("without a command the language's own program runs, with the language's variables") {
  TtyBench bench;
  bench.launcher.script({exits(0)});
  StartRun spec;
  spec.lang = "talker";
  spec.argv = {"x"};
  bench.started(spec);
  CHECK(bench.finished().status == FinishedStatus::ok);
  CHECK(bench.launcher.commands.at(0).argv == Argv{"talk", "-i", "x"});
  CHECK(bench.launcher.commands.at(0).env.at("TALKER") == "1");
}

TEST_CASE("what no terminal can do is refused before anything has happened") {
  TtyBench bench;
  StartRun spec;
  spec.lang = "quiet";
  CHECK(bench.refusal(spec) == ErrorCode::unsupported);
  spec.lang = "nosuch";
  CHECK(bench.refusal(spec) == ErrorCode::unknown_language);
  spec = asked_for({"prog"});
  spec.code = "1";
  CHECK(bench.refusal(spec) == ErrorCode::bad_request);
  spec.code.clear();
  spec.input = Stdin::none;
  CHECK(bench.refusal(spec) == ErrorCode::unsupported);
  CHECK(bench.launcher.launches() == 0);
}

TEST_CASE("a program that cannot be started at its terminal is an error that says why") {
  TtyBench bench;
  bench.launcher.script({fails("find program", ENOENT, "cannot start `prog`: not found")});
  Result<Admission> admission = bench.start(asked_for({"prog"}));
  REQUIRE(admission.has_value());
  const Finished& finished = bench.finished();
  CHECK(finished.exit == 127);
  CHECK(finished.error ==
        ErrorSummary{"ExecError", "The program cannot run: cannot start `prog`: not found."});
}

TEST_CASE("a client's signal goes to the program, and a reason to end escalates to KILL") {
  TtyBench bench;
  bench.launcher.script(
      {never_ends().ignoring(SIGINT).ignoring(SIGHUP).ignoring(SIGCONT).ignoring(SIGUSR1)});
  bench.started(asked_for({"prog"}));
  CHECK(bench.run->signal(SIGUSR1));
  bench.run->end({EndReason::timeout, "Too long.", milliseconds{120}});
  CHECK(bench.finished().status == FinishedStatus::timeout);
  using Sent = ScriptedLauncher::Sent;
  const std::vector<Sent>& signals = bench.launcher.signals;
  CHECK(signals.at(0) == Sent{first_pid, SIGUSR1});
  CHECK(signals.at(1) == Sent{first_pid, SIGINT});
  CHECK(signals.at(2) == Sent{first_pid, SIGHUP});
  CHECK(signals.at(3) == Sent{first_pid, SIGCONT});
  CHECK(signals.back() == Sent{first_pid, SIGKILL});
}

TEST_CASE("an interrupt is the terminal's affair: it neither escalates nor ends the run") {
  TtyBench bench;
  bench.launcher.script({never_ends()});
  bench.started(asked_for({"prog"}));
  bench.run->end({EndReason::interrupted, "It was interrupted by request.", milliseconds{0}});
  REQUIRE(bench.until([&] { return bench.said() == "^C"; }));
  CHECK(bench.launcher.signals.empty());
  SECTION("who dies of it was interrupted") {
    bench.launcher.end(first_pid, {std::nullopt, SIGINT, {}, 0});
    CHECK(bench.finished().status == FinishedStatus::interrupted);
  }
  SECTION("who does not has ended as he says") {
    bench.launcher.end(first_pid, {0, std::nullopt, {}, 0});
    CHECK(bench.finished().status == FinishedStatus::ok);
  }
}

TEST_CASE(
    "what is typed is shown, and the end of input is typed too, as often as it is asked for") {
  TtyBench bench;
  bench.launcher.script({never_ends()});
  bench.started(asked_for({"prog"}));
  CHECK(bench.run->input({"r", "abc\n", true, {}}).has_value());
  CHECK(bench.run->input({"r", "def", true, {}}).has_value());
  CHECK(bench.until([&] { return bench.said() == "abc\r\ndef"; }));
  bench.launcher.end(first_pid, {0, std::nullopt, {}, 0});
  CHECK(bench.finished().status == FinishedStatus::ok);
}

TEST_CASE("a terminal begins in the size of the last resize before it") {
  TtyBench bench;
  bench.launcher.script({never_ends()});
  REQUIRE(bench.start(asked_for({"prog"})).has_value());
  CHECK(bench.run->resize({"r", 30, 100}).has_value());
  REQUIRE(bench.until([&] { return bench.run->phase() == RunPhase::running; }));
  CHECK(bench.run->resize({"r", 30, 100}).has_value());  // no change: nobody is told
  CHECK(bench.run->resize({"r", 31, 100}).has_value());
  bench.launcher.end(first_pid, {0, std::nullopt, {}, 0});
  bench.finished();
  std::vector<Event> sizes;
  for (const Event& event : bench.client->events()) {
    if (std::holds_alternative<Resized>(event)) sizes.push_back(event);
  }
  CHECK(sizes == std::vector<Event>{Resized{30, 100}, Resized{31, 100}});
}
