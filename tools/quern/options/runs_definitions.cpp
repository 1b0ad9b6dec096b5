// SPDX-License-Identifier: Apache-2.0
// quern ps, top, attach, logs, output, wait, interrupt, signal, forget: what they can be told.
#include "command_table.hpp"
#include "definition.hpp"
#include "help_texts.hpp"

namespace quern {
namespace {

void define_ps(Definition& d) {
  d.takes<PsOptions>();
  d.reaches_a_daemon();
  d.says({.more = "At a terminal the table fits the window: what there is no room for is left out.",
          .json = "a run: run, mode, lang, ctx, state, pid, seq (of its last event), held (bytes "
                  "kept of it), meta, age_ms, bytes (stdout, stderr)",
          .examples = {"quern ps", "quern ps --json | jq -r .run"}});
}

void define_top(Definition& d) {
  auto& top = d.takes<TopOptions>();
  d.reaches_a_daemon();
  d.app.add_option("--every", top.every, "How often to look")->capture_default_str();
  d.app.add_flag("--once", top.once, "One look, as a table to read, and no more");
  d.says({.more = "Runs that take most processor time come first; CPU is 100% for one processor. q "
                  "leaves.",
          .json =
              "a look: daemon (uptime_ms, cpu, rss, bytes_a_second, running, waiting, contexts) "
              "and runs, each with run, mode, lang, ctx, state, pid, cpu (percent), rss, "
              "processes, age_ms, bytes, bytes_a_second",
          .examples = {"quern top", "quern top --once", "quern top --json --every 5s"}});
}

void define_attach(Definition& d) {
  auto& attach = d.takes<AttachOptions>();
  d.reaches_a_daemon();
  d.names_run(attach.run);
  d.app.add_option("--tail", attach.tail,
                   "Begin with about the last so many bytes of its events, as 64K");
  d.app.add_option("--escape", attach.escape, escape_in_words)->capture_default_str();
  d.says_in_full(std::string("Ctrl-C interrupts the run, a second one within a second kills it, a "
                             "third leaves it.\n\n") +
                 exit_codes_of_runs() +
                 "\nWith --json: the run's events as they are in the protocol.\n\n"
                 "Examples: quern attach work\n"
                 "          quern attach work --tail 64K");
}

void define_logs(Definition& d) {
  auto& logs = d.takes<LogsOptions>();
  d.reaches_a_daemon();
  d.names_run(logs.run);
  d.app.add_flag("-f,--follow", logs.follow, "Go on with what it writes, to its end");
  d.app.add_option("--tail", logs.tail,
                   "Begin with about the last so many bytes of its events, as 64K");
  d.says({.more = "Both streams in the order in which they were written, stdout to stdout and "
                  "stderr to stderr. Neither input nor Ctrl-C reaches the run; quern attach is "
                  "for that.",
          .exit_codes = "0 however the run ended (quern wait tells that), 130 when it was left "
                        "with Ctrl-C",
          .json = "an event of the protocol: ev, run, seq, t, off, and text or data",
          .examples = {"quern logs work", "quern logs -f work --tail 4K"}});
}

void define_output(Definition& d) {
  auto& output = d.takes<OutputOptions>();
  d.reaches_a_daemon();
  d.names_run(output.run);
  d.app.add_flag("--stderr", output.err, "What it has written to stderr");
  d.app.add_option("--from", output.from, "The byte to begin at; negative: from the end");
  d.says({.more = "One stream, byte for byte; quern logs shows both.",
          .json = "a stretch: from, size (of all so far), eof, and text or data",
          .examples = {"quern output work", "quern output work --stderr --from -1000"}});
}

void define_wait(Definition& d) {
  auto& wait = d.takes<WaitOptions>();
  d.reaches_a_daemon();
  d.names_run(wait.run);
  d.app.add_option("--timeout", wait.timeout, "Wait no longer than this, as 10s");
  d.says_in_full(std::string("Returns too when the run waits for input.\n\n") +
                 exit_codes_of_runs() +
                 " 75 when it has not ended: it waits for input, or the time is over.\n"
                 "With --json: state, and finished (that event's keys) or prompt.\n\n"
                 "Examples: quern wait work\n"
                 "          quern wait work --timeout 10s");
}

void define_interrupt(Definition& d) {
  auto& interrupt = d.takes<InterruptOptions>();
  d.reaches_a_daemon();
  d.names_run(interrupt.run);
  d.says({.exit_codes = "0 when it was delivered, 1 when nothing was left to get it",
          .json = "delivered",
          .examples = {"quern interrupt work"}});
}

void define_signal(Definition& d) {
  auto& signal = d.takes<SignalOptions>();
  d.reaches_a_daemon();
  d.names_run(signal.run);
  d.app.add_option("SIGNAL", signal.signal, "INT, TERM, KILL, HUP, USR1, USR2, QUIT, STOP or CONT")
      ->required();
  d.says({.exit_codes = "0 when it was delivered, 1 when nothing was left to get it",
          .json = "delivered",
          .examples = {"quern signal work TERM"}});
}

void define_forget(Definition& d) {
  auto& forget = d.takes<ForgetOptions>();
  d.reaches_a_daemon();
  d.names_run(forget.run);
  d.says({.json = "run, forgotten", .examples = {"quern forget work"}});
}

constexpr CommandEntry entries[] = {
    {"ps", "Lists the daemon's runs", define_ps},
    {"top", "Shows what the runs take, as it changes", define_top},
    {"attach", "Shows a run from its start and follows it to its end", define_attach},
    {"logs", "Prints what a run has written, both streams in order", define_logs},
    {"output", "Prints one stream of a run, byte for byte", define_output},
    {"wait", "Waits until a run has ended, or waits for input", define_wait},
    {"interrupt", "Interrupts a run", define_interrupt},
    {"signal", "Sends a signal to a run", define_signal},
    {"forget", "Removes what is kept of a finished run", define_forget}};

}  // namespace

std::span<const CommandEntry> commands_about_runs() { return entries; }

}  // namespace quern
