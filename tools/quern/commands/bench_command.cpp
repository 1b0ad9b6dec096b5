// SPDX-License-Identifier: Apache-2.0
// quern bench: how fast this daemon is, from here, with what is in its image.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "followed_run.hpp"
#include "measure.hpp"
#include "patient.hpp"
#include "raw_terminal.hpp"
#include "run_name.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>

namespace quern {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t most_samples = 1'000;
constexpr milliseconds longest_run = 60s;  // of what hangs, and is no measure
constexpr double flood = 64.0 * 1024 * 1024;
constexpr const char* flood_command = "dd if=/dev/zero bs=65536 count=1024 2>/dev/null";

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Carries out what is measured, one after the other.
class Bench {
 public:
  Bench(Session& session, const Surface& surface, milliseconds time)
      : session_(session), surface_(surface), time_(time) {}
  ~Bench() { tell(""); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void add(Measure measure) {
    tell("");
    if (surface_.common.json) surface_.writer.out(line_of(measure_as_json(measure)));
    measures_.push_back(std::move(measure));
  }

  // Again and again, until its time is over; `once` gives what it measured.
  void measure(std::string what, std::string lang, std::string unit,
               const std::function<double()>& once) {
    Measure measure{std::move(what), std::move(lang), std::move(unit), {}, {}};
    tell("measuring " + measure.what + (measure.lang.empty() ? "" : ", " + measure.lang) + " …");
    const auto end = Clock::now() + time_;
    try {
      do measure.samples.push_back(once());
      while (Clock::now() < end && measure.samples.size() < most_samples);
    } catch (const Refusal& refusal) {
      measure.failed = refusal.what();
      measure.samples.clear();
    }
    add(std::move(measure));
  }

  // A run from its start to its end, in ms.
  double run(StartRun request) {
    request.input = Stdin::none;
    request.limits.wall = longest_run;
    FollowedRun run(session_);
    const auto start = Clock::now();
    run.start(std::move(request), fresh_run_name());
    const Finished finished = finish(run);
    const double took = ms_since(start);
    run.acknowledge();
    session_.ask(Forget{run.name()});
    if (finished.status != FinishedStatus::ok)
      throw Refusal(finished.error ? finished.error->message : finished.cause,
                    native::name(finished.status));
    return took;
  }

  Message ask(Op op) { return ask_patiently(session_, surface_.signals, std::move(op)); }
  std::vector<Measure> take() { return std::move(measures_); }

 private:
  Finished finish(FollowedRun& run) {
    for (;;) {
      const std::optional<Message> message = session_.next();
      if (!message) {
        wait();
      } else if (message->kind.kind == HeadKind::Kind::reply) {
        run.take_reply(*message);
      } else if (run.is_event(*message)) {
        const std::optional<Stamped> event = run.take_event(*message);
        run.acknowledge_much();
        if (const auto* end = event ? std::get_if<Finished>(&event->event) : nullptr) return *end;
      }
    }
  }

  void wait() {
    pollfd other{surface_.signals.fd(), POLLIN, 0};
    session_.wait({&other, 1}, 60s);
    if (session_.took_new_connection())
      throw Failure("the connection was cut, so nothing of this is a measure; run it again.");
    if (const auto number = surface_.signals.next())
      throw Failure("stopped measuring.", exit_code_of_signal(*number));
  }

  // On one line of a terminal that goes away again.
  void tell(const std::string& text) const {
    if (!::isatty(STDERR_FILENO)) return;
    surface_.writer.err("\r\x1b[K" + text);
    surface_.writer.note_newline();
  }

  Session& session_;
  const Surface& surface_;
  milliseconds time_;
  std::vector<Measure> measures_;
};

void measure_language(Bench& bench, const std::string& lang, const std::string& code) {
  const std::string ctx = "bench-" + fresh_run_name();
  bool open = false;
  bench.measure("start of a context", lang, "ms", [&] {
    if (std::exchange(open, false)) bench.ask(CloseContext{lang, ctx});
    OpenContext request;
    request.lang = lang;
    request.ctx = ctx;
    request.idle = longest_run;  // should we be stopped before we close it
    const auto start = Clock::now();
    const Message message = bench.ask(std::move(request));
    const double took = ms_since(start);
    value_or_fail(decode_reply<ContextReply>(message.head(), message.body()));
    open = true;
    return took;
  });
  if (!open) return;
  bench.measure("query", lang, "ms", [&] {
    StartRun query;
    query.mode = RunMode::query;
    query.lang = lang;
    query.ctx = ctx;
    query.code = code;
    return bench.run(std::move(query));
  });
  bench.ask(CloseContext{lang, ctx});
}

StartRun shell_command(const char* command) {
  StartRun batch;
  batch.mode = RunMode::batch;
  batch.build = Skip{};
  batch.exec = std::string(command);
  batch.clean = Skip{};
  return batch;
}

// Those that were asked for, else all that have queries.
std::vector<std::string> languages_of(const BenchOptions& options, const HelloReply& daemon) {
  if (!options.langs.empty()) return options.langs;
  std::vector<std::string> names;
  for (const LanguageInfo& language : daemon.languages)
    if (std::find(language.modes.begin(), language.modes.end(), "query") != language.modes.end())
      names.push_back(language.name);
  return names;
}

int show(const std::vector<Measure>& measures, const Surface& surface) {
  if (!surface.common.json)
    surface.writer.out(table_of(measures).text(RawTerminal::columns_for_text(), {18, {5, 4}}));
  int missing = 0;
  for (const Measure& measure : measures) {
    if (!measure.samples.empty()) continue;
    missing = 1;
    surface.writer.say(measure.what + (measure.lang.empty() ? "" : ", " + measure.lang) +
                       ", was not measured: " + measure.failed);
  }
  return missing;
}

}  // namespace

int execute(const BenchOptions& options, const Surface& surface) {
  const milliseconds time = duration_of(options.time);
  const auto start = Clock::now();
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  const double took = ms_since(start);
  Bench bench(link.session(), surface, time);
  bench.add({link.is_private() ? "start of the daemon, to its answer" : "connection, to its answer",
             "",
             "ms",
             {took},
             {}});
  bench.measure("round trip", "", "ms", [&] {
    const auto sent = Clock::now();
    bench.ask(Ping{});
    return ms_since(sent);
  });
  for (const std::string& lang : languages_of(options, link.session().daemon()))
    measure_language(bench, lang, options.code.value_or(""));
  bench.measure("batch run of `true`", "", "ms", [&] { return bench.run(shell_command("true")); });
  bench.measure("output", "", "MB/s",
                [&] { return flood / 1e6 / (bench.run(shell_command(flood_command)) / 1e3); });
  return show(bench.take(), surface);
}

}  // namespace quern
