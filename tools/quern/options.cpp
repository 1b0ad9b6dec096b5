// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "amounts.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>

namespace quern {
namespace {

constexpr const char* where_daemons_are =
    "Where: --endpoint URL or QUERN_ENDPOINT; else tcp://127.0.0.1:7837. Where nobody listens "
    "there, run, repl\n"
    "and langs start a private daemon for as long as they last, with the current folder as its "
    "work dir.";

class Parser {
 public:
  Parser() : app_("Runs code with quernd.", "quern") {
    app_.set_version_flag("--version", "quern " QUERN_VERSION);
    app_.require_subcommand(0, 1);
    app_.footer(
        std::string(where_daemons_are) + "\n\n" + exit_codes_in_words +
        "\n\nExample: quern run -l python -c 'print(6 * 7)'\nMore on each: quern COMMAND --help");
    add_run();
    add_repl();
    add_lists();
    add_run_controls();
    add_run_readers();
    add_context_controls();
  }

  std::optional<Invocation> read(std::vector<std::string> words) {
    check_command(words);
    // What stands behind -- is the program's, whatever it looks like.
    if (const auto mark = std::find(words.begin(), words.end(), "--"); mark != words.end()) {
      run_.args.assign(mark + 1, words.end());
      words.erase(mark, words.end());
    }
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(words);
    } catch (const CLI::Success& wanted) {
      app_.exit(wanted);
      return std::nullopt;
    } catch (const CLI::ParseError& wrong) {
      throw Failure(sentence_of(wrong));
    }
    if (!invocation_) {
      std::cout << app_.help();
      return std::nullopt;
    }
    if (const char* named = std::getenv("QUERN_ENDPOINT"); common_.endpoint.empty() && named)
      common_.endpoint = named;
    invocation_->common = common_;
    if (auto* run = std::get_if<RunOptions>(&invocation_->command)) take_surplus(*run);
    return invocation_;
  }

 private:
  template <class Options>
  CLI::App* command(const char* name, const char* what, const std::string& example,
                    Options& options) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->add_option("--endpoint", common_.endpoint,
                    "The daemon to talk to, as tcp://HOST:PORT or ipc://PATH");
    sub->add_flag("--json", common_.json, "Everything as JSON, one object a line");
    sub->footer("Example: " + example);
    sub->callback([this, &options] { invocation_ = Invocation{{}, options}; });
    return sub;
  }

  void add_run() {
    CLI::App* sub = command("run", "Runs code and exits as it does",
                            "quern run -l python -c 'print(6 * 7)'", run_);
    sub->add_option("-l,--lang", run_.lang, "The language; else it is the extension of FILE");
    sub->add_option("-c,--code", run_.code, "The code itself");
    sub->add_option("FILE", run_.file,
                    "A file with the code, or - for stdin; what follows, or follows a --, are the "
                    "program's arguments");
    sub->add_flag(
        "--batch", run_.batch,
        "Save the code, build it and run it as a program; else it is a query on a context");
    sub->add_option("--ctx", run_.ctx, "The context of a query");
    sub->add_option("--build", run_.build,
                    "How to build: a shell command, '*' by the language's rules, '' not at all");
    sub->add_option("--exec", run_.exec, "How to run it, likewise");
    sub->add_option("--clean", run_.clean, "How to clean up at the end, likewise");
    sub->add_option("--as", run_.as, "The name under which the code is saved");
    sub->add_option("--limit", run_.limits, limits_in_words)->allow_extra_args(false);
    sub->add_option("--env", run_.env, "A variable, as NAME=VALUE; may be repeated")
        ->allow_extra_args(false);
    sub->add_option("--cwd", run_.cwd, "The folder it runs in");
    sub->add_option("--name", run_.name, "The run's name; else one is made up");
    sub->add_flag("-n,--no-stdin", run_.no_stdin,
                  "Leave stdin alone; reading fails in the program");
    sub->add_flag("--merge", run_.merge, "One stream for stdout and stderr, in true order");
    sub->add_flag("--keep", run_.keep, "Let the daemon keep the run when it has ended");
    sub->add_flag("--detach", run_.detach, "Print the run's name and go; see attach, wait, output");
    sub->allow_extras();
    sub->footer(std::string("Examples: quern run -l python -c 'print(6 * 7)'\n"
                            "          quern run main.py -- --verbose input.txt\n"
                            "          quern run --batch -l c prime.c --limit wall=10s\n"
                            "          quern run --batch --exec 'make test'\n\n") +
                exit_codes_in_words +
                "\n\nCtrl-C interrupts the program, a second one within a second kills it. SIGTERM "
                "ends it.\n\n" +
                where_daemons_are);
  }

  void add_repl() {
    CLI::App* sub =
        command("repl", "Runs what you type, line by line", "quern repl -l bash", repl_);
    sub->add_option("-l,--lang", repl_.lang, "The language")->capture_default_str();
    sub->add_option("--ctx", repl_.ctx, "The context")->capture_default_str();
  }

  void add_lists() {
    command("langs", "Lists the languages that can be run", "quern langs", langs_);
    command("status", "Tells how the daemon is", "quern status", status_);
    command("ps", "Lists the daemon's runs", "quern ps --json", ps_);
  }

  void add_run_controls() {
    named_run(command("interrupt", "Interrupts a run", "quern interrupt 5f0c…", interrupt_),
              interrupt_.run);
    CLI::App* signal =
        command("signal", "Sends a signal to a run", "quern signal 5f0c… TERM", signal_);
    named_run(signal, signal_.run);
    signal
        ->add_option("SIGNAL", signal_.signal,
                     "INT, TERM, KILL, HUP, USR1, USR2, QUIT, STOP or CONT")
        ->required();
    named_run(
        command("forget", "Removes what is kept of a finished run", "quern forget 5f0c…", forget_),
        forget_.run);
    CLI::App* shutdown =
        command("shutdown", "Ends the daemon and all that it runs", "quern shutdown", shutdown_);
    shutdown->add_option("--grace", shutdown_.grace, "How long programs may take after TERM")
        ->capture_default_str();
  }

  void add_run_readers() {
    CLI::App* attach = command("attach", "Shows a run from its start and follows it to its end",
                               "quern attach 5f0c…", attach_);
    named_run(attach, attach_.run);
    attach->add_option("--tail", attach_.tail, "Begin with the last so many bytes only");
    CLI::App* wait =
        command("wait", "Waits until a run has ended, or waits for input (then exits 75)",
                "quern wait 5f0c… --timeout 10s", wait_);
    named_run(wait, wait_.run);
    wait->add_option("--timeout", wait_.timeout,
                     "Wait no longer than this; exits 75 when it has not ended");
    CLI::App* output = command("output", "Prints what a run has written so far",
                               "quern output 5f0c… --stderr", output_);
    named_run(output, output_.run);
    output->add_flag("--stderr", output_.err, "What it has written to stderr");
    output->add_option("--from", output_.from, "The byte to begin at; negative: from the end");
  }

  void add_context_controls() {
    add_context(
        command("reset", "Gives a context a fresh interpreter", "quern reset python main", reset_),
        reset_);
    add_context(command("close", "Ends a context's interpreter", "quern close python main", close_),
                close_);
    close_.close = true;
  }

  // What stands behind FILE (or behind -c) and is no option: the first of the program's arguments.
  void take_surplus(RunOptions& run) const {
    std::vector<std::string> surplus = app_.get_subcommand("run")->remaining();
    if (run.code && !run.file.empty()) surplus.insert(surplus.begin(), std::exchange(run.file, ""));
    for (const std::string& word : surplus)
      if (word.starts_with('-') && word.size() > 1)
        throw Failure("there is no option \"" + word +
                      "\"; see quern run --help. Options of the program stand behind --");
    run.args.insert(run.args.begin(), surplus.begin(), surplus.end());
  }

  void named_run(CLI::App* sub, std::string& run) {
    sub->add_option("RUN", run, "The run's name (quern ps lists them)")->required();
  }
  void add_context(CLI::App* sub, ContextOptions& options) {
    sub->add_option("LANG", options.lang, "The language")->required();
    sub->add_option("CTX", options.ctx, "The context")->capture_default_str();
  }

  std::vector<std::string> commands() const {
    std::vector<std::string> names;
    for (const CLI::App* sub : app_.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(sub->get_name());
    return names;
  }

  void check_command(const std::vector<std::string>& words) const {
    if (words.empty()) return;
    const std::string& first = words.front();
    if (first == "-h" || first == "--help" || first == "--version") return;
    if (first.starts_with('-'))
      throw Failure("the command comes first, its options behind it: quern run " + first +
                    " …; see quern --help.");
    const std::vector<std::string> known = commands();
    if (std::find(known.begin(), known.end(), first) != known.end()) return;
    const std::string_view meant = nearest(first, known);
    throw Failure("there is no command \"" + first + "\"" +
                  (meant.empty() ? std::string("; see quern --help.")
                                 : "; did you mean \"" + std::string(meant) + "\"?"));
  }

  std::string sentence_of(const CLI::ParseError& wrong) const {
    std::string text = wrong.what();
    const auto chosen = app_.get_subcommands();
    const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
    if (dynamic_cast<const CLI::ExtrasError*>(&wrong)) {
      const std::vector<std::string> extra = app_.remaining(true);
      text = "\"" + (extra.empty() ? std::string("?") : extra.front()) + "\" is not expected here";
    }
    return text + "; see quern" + command + " --help.";
  }

  CLI::App app_;
  Common common_;
  RunOptions run_;
  ReplOptions repl_;
  LangsOptions langs_;
  StatusOptions status_;
  PsOptions ps_;
  InterruptOptions interrupt_;
  SignalOptions signal_;
  ForgetOptions forget_;
  ShutdownOptions shutdown_;
  AttachOptions attach_;
  WaitOptions wait_;
  OutputOptions output_;
  ContextOptions reset_;
  ContextOptions close_;
  std::optional<Invocation> invocation_;
};

}  // namespace

std::optional<Invocation> read_command_line(std::vector<std::string> words) {
  return Parser().read(std::move(words));
}

}  // namespace quern
