// SPDX-License-Identifier: Apache-2.0
// Batch runs whose processes are scripts.
#pragma once

#include "batch.hpp"
#include "core_world.hpp"
#include "recording_peer.hpp"
#include "scripted_launcher.hpp"

#include <boost/asio/post.hpp>
#include <fcntl.h>

#include <fstream>

namespace quern {

// A launcher that can keep a program's output open, as a process in the background does.
class HoldingLauncher final : public Launcher {
 public:
  explicit HoldingLauncher(ScriptedLauncher& behind) : behind_(behind) {}
  boost::system::result<std::unique_ptr<Child>, LaunchError> launch(
      const Command& command) override {
    for (const Command::Descriptor& one : command.descriptors) {
      if (hold && one.in_child == 1) held.reset(::fcntl(one.ours, F_DUPFD_CLOEXEC, 3));
    }
    return behind_.launch(command);
  }
  boost::system::result<std::unique_ptr<Child>, LaunchError> adopt(pid_t pid,
                                                                   std::string marker) override {
    return behind_.adopt(pid, std::move(marker));
  }

  bool hold = false;
  UniqueFd held;

 private:
  ScriptedLauncher& behind_;
};

struct BatchBench : CoreWorld {
  explicit BatchBench(std::uint64_t at_once = 4) : slots(at_once) {
    std::filesystem::create_directories(dir.path() / "langs" / "toy");
    std::filesystem::create_directories(dir.path() / "private");
    std::filesystem::create_directories(work_dir());
    std::ofstream(dir.path() / "langs" / "toy" / "adapter.toml") << R"(
name = "toy"
title = "Toy"
main = "main.toy"
[needs]
programs = ["sh"]
[env]
TOY = "1"
[[batch.build]]
if = ["*.mk"]
run = ["make", "all"]
builder = ["kept"]
[[batch.exec]]
if = ["{main}"]
run = ["toy", "{main}"]
builder = ["kept"]
)";
    Result<Languages> read = Languages::read(dir.path() / "langs", "/usr/bin:/bin");
    if (!read) FAIL(read.error().message);
    languages = std::move(*read);
    batch.emplace(
        Batch::Parts{languages, launcher, files, dirs, slots, {{"BASE", "b"}}, work_dir(), {}});
  }
  ~BatchBench() {
    runs.clear();
    end_tasks();
  }

  std::string work_dir() const { return (dir.path() / "work").string(); }

  // As the dispatcher does it.
  Result<Admission> start(const std::string& name, StartRun spec) {
    auto run = std::make_shared<Run>(tasks, spill, limits, counters, name, std::move(spec));
    Result<Admission> admission = batch->accept(run);
    if (!admission) return admission;
    runs[name] = run;
    run->attach(client, 0, default_window);
    run->emit(Accepted{.queued = admission->queued});
    boost::asio::post(io, [this, run] { tasks.spawn(execute(run)); });
    return admission;
  }
  // From the start until nothing more will come.
  void carry_out(StartRun spec, const std::string& name = "r") {
    Result<Admission> admission = start(name, std::move(spec));
    if (!admission) FAIL(admission.error().message);
    REQUIRE(until([&] { return done.contains(name); }));
  }
  void end(const std::string& name, EndRequest request) {
    boost::asio::post(io, [this, name, request] { runs[name]->end(request); });
    turn();
  }

  // What the client has heard of a run after `accepted`; times are nobody's to compare.
  std::vector<Event> tale(const std::string& name = "r") const {
    std::vector<Event> events;
    for (const Stamped& one : client->stamped()) {
      if (one.run != name || one.seq == 0) continue;
      events.push_back(one.event);
      if (auto* finished = std::get_if<Finished>(&events.back()))
        finished->usage.wall = milliseconds{0};
    }
    return events;
  }
  bool heard_finished(const std::string& name = "r") const {
    return !tale(name).empty() && runs.at(name)->finished().has_value();
  }

  static StartRun commands(Step build, Step exec, Step clean = Skip{}) {
    StartRun spec;
    spec.build = std::move(build);
    spec.exec = std::move(exec);
    spec.clean = std::move(clean);
    return spec;
  }

  DaemonLimits limits;
  Counters counters;
  Languages languages;
  ScriptedLauncher script{io.get_executor()};
  HoldingLauncher launcher{script};
  PrivateDirs dirs{tasks, files, {dir.path() / "private"}};
  Turnstile slots;
  std::shared_ptr<RecordingPeer> client = std::make_shared<RecordingPeer>();
  std::optional<Batch> batch;
  std::map<std::string, std::shared_ptr<Run>> runs;
  std::set<std::string> done;

 private:
  boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) {
    co_await batch->execute(run);
    done.insert(run->name());
  }
};

inline constexpr std::int64_t first_pid = ScriptedLauncher::first_pid;

inline Event said(Stream stream, std::string_view bytes, std::uint64_t off = 0, bool late = false) {
  return Output{stream, off, late, Blob(bytes)};
}

inline Finished finish(FinishedStatus status, std::string cause, std::optional<int> exit,
                       std::optional<int> signal = {}) {
  Finished finished;
  finished.status = status;
  finished.cause = std::move(cause);
  finished.exit = exit;
  finished.signal = signal;
  return finished;
}

}  // namespace quern
