// SPDX-License-Identifier: Apache-2.0
#include "rounds.hpp"

#include "flood_floor.hpp"
#include "flooded_prompt.hpp"

#include <poll.h>
#include <time.h>

#include <cstdlib>
#include <stdexcept>

namespace quern::bench {

namespace {

constexpr double mb = 1e6;
constexpr double gb = 1e9;

void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("this is not what was to be measured: ") + what);
}

double milliseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

Rounds::Rounds(Plan plan, EchoFloor& floor)
    : plan_(std::move(plan)),
      floor_(floor),
      daemon_(plan_.quernd, with_langs({"--warm", "python"})),
      client_(context_, daemon_.endpoint()) {
  floor_.connect();
}

std::vector<std::string> Rounds::with_langs(std::vector<std::string> options) const {
  if (!plan_.langs.empty()) options.insert(options.end(), {"--langs", plan_.langs});
  return options;
}

void Rounds::run() {
  client_.run(query("1+1"));  // makes the context
  // It reads each key: a line without end would be full some day.
  client_.open_terminal(terminal({"/bin/sh", "-c", "stty raw; exec cat >/dev/null"}));
  for (int round = 0; round < plan_.rounds; ++round) {
    std::fprintf(stderr, "\rround %d of %d", round + 1, plan_.rounds);
    kernels();
    queries();
    batches();
    floods();
    starts();
    contexts();
    prints();
    flooded_keys();
    commands();
  }
  std::fprintf(stderr, "\ridle         ");
  idleness();
  std::fprintf(stderr, "\r             \r");
  daemon_.shut_down();
}

void Rounds::queries() {
  const StartRun one_and_one = query("1+1");
  auto shows_two = [](const Event& event) {
    const auto* shown = std::get_if<Shown>(&event);
    expect(!shown || shown->bytes.view() == "2", "1+1 is 2");
  };
  for (int i = 0; i < plan_.queries; ++i) {
    // A turn each, lest one's sleep be the other's work. Behind a key its reader is at work, which
    // is to disturb neither: so that comes last, and before what is the quickest of all.
    auto start = Clock::now();
    floor_.round_trip();
    const auto echo = since(start);
    echo_.add(echo);
    query_.time([&] { client_.run(one_and_one, shows_two); });
    start = Clock::now();
    pty_.round_trip();
    key_floor_.add(echo + since(start));
    key_.time([&] { client_.type('x'); });
  }
}

void Rounds::batches() {
  const StartRun direct = batch(Argv{"true"});
  const StartRun by_shell = batch(std::string("true"));
  for (int i = 0; i < plan_.batches; ++i) {
    spawn_.time([] { expect(Program({"/bin/true"}, {}).wait() == 0, "true succeeds"); });
    batch_.time([&] { client_.run(direct); });
    shell_.time([&] { client_.run(by_shell); });
  }
}

void Rounds::floods() {
  pipe_rate_.add(flood_floor(plan_.self, plan_.flood));
  const double before = cpu_seconds_of(daemon_.pid());
  const auto start = Clock::now();
  const std::uint64_t come = client_.drink(batch(flood_argv(plan_.flood)));
  output_rate_.add(static_cast<double>(come) / since(start));
  expect(come == plan_.flood, "all of the output comes");
  output_cpu_.add((cpu_seconds_of(daemon_.pid()) - before) * gb / static_cast<double>(come));
}

void Rounds::starts() {
  for (int i = 0; i < plan_.starts; ++i) {
    python_.time([] {
      expect(Program({"python3", "-I", "-S", "-c", "pass"}, {}).wait() == 0, "python3 runs");
    });
    std::unique_ptr<Daemon> daemon;
    start_.time([&] {
      daemon = std::make_unique<Daemon>(plan_.quernd, with_langs({}));
      Client(context_, daemon->endpoint()).run(query("1+1"));
    });
    daemon->shut_down();
  }
}

void Rounds::contexts() {
  for (int i = 0; i < plan_.contexts; ++i) {
    const std::string name = "fresh-" + std::to_string(++fresh_);
    context_time_.time([&] { client_.run(query("1+1", name)); });
    client_.close_context("python", name);
  }
}

void Rounds::prints() {
  // The program tells when it prints; between two it is long enough quiet for everybody to fall
  // asleep.
  const std::string code = "import time\nfor _ in range(" + std::to_string(plan_.prints) +
                           "):\n    time.sleep(0.01)\n    print(time.monotonic_ns())";
  client_.run(query(code), [&](const Event& event) {
    const double now = milliseconds_now();
    if (const auto* output = std::get_if<Output>(&event))
      print_.add(now - std::strtod(std::string(output->bytes.view()).c_str(), nullptr) / 1e6);
  });
}

void Rounds::flooded_keys() {
  if (plan_.quern.empty()) return;
  const std::string name = "flood-" + std::to_string(++fresh_);
  {
    FloodedPrompt prompt(plan_.quern, daemon_.endpoint(), name);
    for (int i = 0; i < plan_.keys; ++i) {
      prompt.drain();
      const auto start = Clock::now();
      prompt.press();
      flooded_key_.add(since(start) / 1e3);
    }
  }
  client_.close_context("python", name);
}

// The client as a person has it: a program that is started, does one thing and goes.
void Rounds::commands() {
  if (plan_.quern.empty()) return;
  ::setenv("QUERND_BIN", plan_.quernd.c_str(), 1);
  if (!plan_.langs.empty()) ::setenv("QUERND_LANGS", plan_.langs.c_str(), 1);
  const std::vector<std::string> alone = {plan_.quern, "run", "-l", "bash", "-c", "true"};
  std::vector<std::string> served = alone;
  served.insert(served.end(), {"--endpoint", daemon_.endpoint()});
  auto time = [](Samples& samples, const std::vector<std::string>& argv) {
    const auto start = Clock::now();
    expect(Program(argv, {}).wait() == 0, "the command ends well");
    samples.add(since(start) / 1e3);
  };
  for (int i = 0; i < plan_.commands; ++i) {
    time(nothing_, {"/bin/true"});
    time(command_, served);
    time(private_command_, alone);
  }
}

void Rounds::kernels() {
  if (plan_.kernel_python.empty()) return;
  kernel_.reset();
  kernel_start_.time([&] { kernel_ = std::make_unique<Kernel>(context_, plan_.kernel_python); });
  for (int i = 0; i < plan_.batches; ++i) kernel_query_.time([&] { kernel_->round_trip(); });
}

// A daemon that has served and has nothing to do, and its interpreter.
void Rounds::idleness() {
  Daemon daemon(plan_.quernd, with_langs({}));
  Client client(context_, daemon.endpoint());
  client.run(query("1+1"));
  const StatusReply status = client.status();
  expect(status.contexts.size() == 1, "one context is kept");
  const auto interpreter = static_cast<pid_t>(status.contexts.front().pid);
  auto rest = [&](std::chrono::milliseconds time) {
    ::poll(nullptr, 0, static_cast<int>(time.count()));
  };
  rest(std::chrono::milliseconds(100));  // what it still had to put away
  const std::uint64_t before = switches_of(daemon.pid());
  rest(plan_.idle);
  idle_switches_.add(static_cast<double>(switches_of(daemon.pid()) - before));
  idle_threads_.add(static_cast<double>(threads_of(daemon.pid())));
  const Memory own = memory_of(daemon.pid());
  idle_rss_.add(static_cast<double>(own.rss) / mb);
  memory_.add(static_cast<double>(own.pss + memory_of(interpreter).pss) / mb);
  if (kernel_) kernel_memory_.add(static_cast<double>(memory_of(kernel_->pid()).pss) / mb);
  daemon.shut_down();
}

std::vector<Row> Rounds::rows() const {
  using enum Verdict;
  std::vector<Row> rows{
      {"query `1+1`, kept context", "µs", query_, "ZeroMQ + pipe", echo_, ratio_at_most, 2.5},
      {"batch `[\"true\"]`", "µs", batch_, "posix_spawn + wait", spawn_, ratio_at_most, 1.5},
      {"batch `\"true\"`, by /bin/sh", "µs", shell_, "posix_spawn + wait", spawn_, ratio_at_most,
       2.5},
      {"output", "MB/s", output_rate_, "pipe + ZeroMQ", pipe_rate_, ratio_at_least, 0.6, true},
      {"daemon's processor time for 1 GB of output", "s", output_cpu_, "", {}, value_at_most, 1},
      {"start of quernd to the first answer", "µs", start_, "`python3 -I -S -c pass`", python_,
       ratio_at_most, 5},
      {"first answer of a new context, warm", "µs", context_time_, "", {}, value_at_most, 5000},
      {"`print()` to the client", "ms", print_, "", {}, value_at_most, 2},
      {"echo of a key", "µs", key_, "pty, and ZeroMQ + pipe; by medians", key_floor_, ratio_at_most,
       3, false, true},
      {"idle daemon: memory", "MB", idle_rss_, "", {}, value_at_most, 5},
      {"idle daemon: threads", "", idle_threads_, "", {}, value_at_most, 3},
      {"idle daemon: wake-ups", "", idle_switches_, "", {}, value_at_most, 0}};
  if (!command_.empty()) {
    rows.push_back({"`quern run -l bash -c true`, a daemon runs", "ms", command_, "`/bin/true`",
                    nothing_, value_at_most, 8});
    rows.push_back({"the same with a daemon of its own", "ms", private_command_, "`/bin/true`",
                    nothing_, value_at_most, 40});
  }
  if (!flooded_key_.empty())
    rows.push_back({"a key at the prompt, below a flood; the median",
                    "ms",
                    flooded_key_,
                    "",
                    {},
                    value_at_most,
                    10,
                    false,
                    true});
  if (kernel_query_.empty()) return rows;
  rows.push_back({"query `1+1`", "µs", query_, "ipykernel", kernel_query_, ratio_at_least, 20});
  rows.push_back(
      {"start to the first answer", "µs", start_, "ipykernel", kernel_start_, ratio_at_least, 15});
  rows.push_back({"memory, daemon and interpreter", "MB", memory_, "ipykernel", kernel_memory_,
                  ratio_at_most, 0.2});
  return rows;
}

}  // namespace quern::bench
