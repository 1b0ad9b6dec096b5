// SPDX-License-Identifier: Apache-2.0
// quern run, tty, repl: what they can be told.
#include "amounts.hpp"
#include "command_table.hpp"
#include "definition.hpp"
#include "help_texts.hpp"

namespace quern {
namespace {

void define_run(Definition& d) {
  auto& run = d.takes<RunOptions>();
  d.reaches_a_daemon();
  d.app.add_option("-l,--lang", run.lang, "The language; else it is the extension of FILE");
  d.app.add_option("-c,--code", run.code, "The code itself");
  d.app.add_option("FILE", run.file,
                   "A file with the code, or - for stdin; what follows, or follows a --, are the "
                   "program's arguments");
  d.app.add_flag(
      "--batch", run.batch,
      "Save the code, build it and run it as a program; else it is a query on a context");
  d.app.add_option("--ctx", run.ctx, "The context of a query");
  d.app.add_option("--build", run.build,
                   "How to build: a shell command, '*' by the language's rules, '' not at all");
  d.app.add_option("--exec", run.exec, "How to run it, likewise");
  d.app.add_option("--clean", run.clean, "How to clean up at the end, likewise");
  d.app.add_option("--as", run.as, "The name under which the code is saved");
  d.takes_surroundings(run.limits, run.env, run.cwd);
  d.app.add_option("--name", run.name, "The run's name; else one is made up");
  d.app.add_flag("-n,--no-stdin", run.no_stdin, "Leave stdin alone; reading fails in the program");
  d.app.add_flag("--merge", run.merge, "One stream for stdout and stderr, in true order");
  d.app.add_flag("--keep", run.keep, "Let the daemon keep the run when it has ended");
  d.app.add_flag("--detach", run.detach,
                 "Print the run's name and go; see attach, wait, logs, output");
  d.app.allow_extras();
  d.hands_on(run.args);
  d.says_in_full(std::string("Examples: quern run -l python -c 'print(6 * 7)'\n"
                             "          quern run main.py -- --verbose input.txt\n"
                             "          quern run --batch -l c prime.c --limit wall=10s\n"
                             "          quern run --batch --exec 'make test'\n\n") +
                 exit_codes_of_runs() +
                 "\n\nWith --json: the run's events as they are in the protocol (ev, run, seq, t, "
                 "…), output as text or, where it is not UTF-8, as data in base64; with --detach "
                 "the run's name: run.\n\n"
                 "Ctrl-C interrupts the program, a second one within a second kills it. SIGTERM "
                 "ends it.\n\n" +
                 where_daemons_are);
}

void define_tty(Definition& d) {
  auto& tty = d.takes<TtyOptions>();
  d.reaches_a_daemon();
  d.hands_on(tty.command);
  d.app.add_option("-l,--lang", tty.lang, "The language whose own prompt is to run");
  d.takes_surroundings(tty.limits, tty.env, tty.cwd);
  d.app.add_option("--name", tty.name, "The run's name, instead of one made up");
  d.app.add_option("--escape", tty.escape, escape_in_words)->capture_default_str();
  d.app.add_flag("--keep", tty.keep, "Let the daemon keep the run when it has ended");
  d.says_in_full(std::string("Every key is the program's, Ctrl-C too. Ctrl-\\ d leaves it running, "
                             "where the daemon is not a private one: quern attach comes back.\n\n"
                             "Examples: quern tty -- htop\n"
                             "          quern tty --name work -- bash\n"
                             "          quern tty -l python\n\n") +
                 exit_codes_of_runs() + "\nWith --json: a failure only; a terminal is bytes.\n\n" +
                 where_daemons_are);
}

void define_repl(Definition& d) {
  auto& repl = d.takes<ReplOptions>();
  d.reaches_a_daemon();
  d.app.add_option("-l,--lang", repl.lang, "The language")->capture_default_str();
  d.app.add_option("--ctx", repl.ctx, "The context")->capture_default_str();
  d.app.add_flag("--plain", repl.plain,
                 "No numbers, colours, pictures or editing, as where stdin is no terminal");
  d.says({.more = "Enter runs what is whole and goes on with what is not; Tab completes; Up and "
                  "Ctrl-R find what was entered before; :help lists the rest. Without a terminal, "
                  "the lines of stdin are run.",
          .exit_codes = "0 when it was left, that of the last line's run without a terminal",
          .json = "the events of each run as they are in the protocol",
          .examples = {"quern repl -l bash"}});
}

constexpr CommandEntry entries[] = {
    {"run", "Runs code and exits as it does", define_run},
    {"repl", "Runs what you type, on a context that keeps its state", define_repl},
    {"tty", "Opens a terminal: a language's own prompt, or any command", define_tty}};

}  // namespace

std::span<const CommandEntry> commands_that_run() { return entries; }

}  // namespace quern
