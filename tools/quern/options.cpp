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
    "there, run, tty,\n"
    "repl and langs start a private daemon for as long as they last, with the current folder as "
    "its "
    "work dir.";

constexpr const char* escape_in_words =
    "The key that leaves a terminal when d follows, as ^\\ or ^]; twice it is itself; none";

class Parser {
 public:
  Parser() : app_("Runs code with quernd.", "quern") {
    app_.set_version_flag("--version", "quern " QUERN_VERSION);
    app_.require_subcommand(0, 1);
    app_.footer(
        std::string(where_daemons_are) + "\n\n" + exit_codes_in_words +
        "\n\nExample: quern run -l python -c 'print(6 * 7)'\nMore on each: quern COMMAND --help");
    add_run();
    add_tty();
    add_repl();
    add_lists();
    add_run_controls();
    add_run_readers();
    add_context_controls();
    add_advice();
    add_files();
    add_keygen();
  }

  std::optional<Invocation> read(std::vector<std::string> words) {
    check_command(words);
    // What stands behind -- is the program's, whatever it looks like.
    if (const auto mark = std::find(words.begin(), words.end(), "--"); mark != words.end()) {
      run_.args.assign(mark + 1, words.end());
      tty_.command = run_.args;
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
    take_variable("QUERN_ENDPOINT", common_.endpoint);
    take_variable("QUERN_SERVER_KEY", common_.server_key);
    take_variable("QUERN_SECRET_KEY", common_.secret_key);
    invocation_->common = common_;
    if (auto* run = std::get_if<RunOptions>(&invocation_->command)) take_surplus(*run);
    return invocation_;
  }

 private:
  static void take_variable(const char* name, std::string& option) {
    if (const char* said = std::getenv(name); option.empty() && said) option = said;
  }

  template <class Options>
  CLI::App* command(const char* name, const char* what, const std::string& example,
                    Options& options) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->add_option("--endpoint", common_.endpoint,
                    "The daemon to talk to, as tcp://HOST:PORT or ipc://PATH");
    sub->add_option("--server-key", common_.server_key,
                    "The daemon's public key, or a file with it (QUERN_SERVER_KEY)");
    sub->add_option("--secret-key", common_.secret_key,
                    "The file with our own key; quern keygen makes one (QUERN_SECRET_KEY)");
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

  void add_tty() {
    CLI::App* sub = command("tty", "Opens a terminal: a language's own prompt, or any command",
                            "quern tty -- htop", tty_);
    sub->add_option("-l,--lang", tty_.lang, "The language");
    sub->add_option("--limit", tty_.limits, limits_in_words)->allow_extra_args(false);
    sub->add_option("--env", tty_.env, "A variable, as NAME=VALUE; may be repeated")
        ->allow_extra_args(false);
    sub->add_option("--cwd", tty_.cwd, "Where it runs");
    sub->add_option("--name", tty_.name, "The run's name, instead of one made up");
    sub->add_option("--escape", tty_.escape, escape_in_words)->capture_default_str();
    sub->add_flag("--keep", tty_.keep, "Let the daemon keep the run when it has ended");
  }

  void add_repl() {
    CLI::App* sub = command("repl", "Runs what you type, on a context that keeps its state",
                            "quern repl -l bash", repl_);
    sub->footer(
        "Enter runs what is whole and goes on with what is not; Tab completes; Up and Ctrl-R find "
        "what was\nentered before; :help lists the rest. Without a terminal, the lines of stdin "
        "are run.\n\n"
        "Example: quern repl -l bash");
    sub->add_option("-l,--lang", repl_.lang, "The language")->capture_default_str();
    sub->add_option("--ctx", repl_.ctx, "The context")->capture_default_str();
  }

  void add_lists() {
    command("langs", "Lists the languages that can be run", "quern langs", langs_);
    command("status", "Tells how the daemon is", "quern status", status_);
    command("metrics", "Prints the daemon's counters as Prometheus reads them", "quern metrics",
            metrics_);
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
    attach->add_option("--escape", attach_.escape, escape_in_words)->capture_default_str();
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
    CLI::App* open = command("open", "Starts a context's interpreter, with settings of its own",
                             "quern open python work --cwd /srv --limit memory=1G", open_);
    open->add_option("LANG", open_.lang, "The language")->required();
    open->add_option("CTX", open_.ctx, "The context")->capture_default_str();
    open->add_option("--limit", open_.limits, limits_in_words)->allow_extra_args(false);
    open->add_option("--env", open_.env, "A variable, as NAME=VALUE; may be repeated")
        ->allow_extra_args(false);
    open->add_option("--cwd", open_.cwd, "The folder it works in");
    open->add_option("--idle", open_.idle, "End it when it was not used for so long");
    add_context(
        command("reset", "Gives a context a fresh interpreter", "quern reset python main", reset_),
        reset_);
    add_context(command("close", "Ends a context's interpreter", "quern close python main", close_),
                close_);
    close_.close = true;
  }

  void add_advice() {
    CLI::App* complete =
        command("complete", "Lists what may stand at a place in code (exits 1 when nothing may)",
                "quern complete -l python 'import os; os.pa'", complete_);
    add_question(complete, complete_);
    add_cursor(complete, complete_);
    CLI::App* inspect =
        command("inspect", "Tells what is known of a name in code (exits 1 when nothing is)",
                "quern inspect -l python len", inspect_);
    add_question(inspect, inspect_);
    add_cursor(inspect, inspect_);
    inspect->add_flag("--detail", inspect_.detail, "All that is known, its source included");
    inspect_.what = AdviceOptions::What::inspect;
    CLI::App* check = command("check", "Tells whether code is whole",
                              "quern check -l python 'for i in range(3):'", check_);
    add_question(check, check_);
    check_.what = AdviceOptions::What::check;
    check->footer(
        "Prints complete (exits 0), incomplete (1), invalid (2) or unknown (3).\n"
        "Example: quern check -l python 'for i in range(3):'");
  }
  void add_question(CLI::App* sub, AdviceOptions& options) {
    sub->add_option("-l,--lang", options.lang, "The language")->required();
    sub->add_option("--ctx", options.ctx, "The context whose names count")->capture_default_str();
    sub->add_option("CODE", options.code, "The code, or - for stdin")->required();
  }
  void add_cursor(CLI::App* sub, AdviceOptions& options) {
    sub->add_option("--cursor", options.cursor, "The place, in bytes; else the end of the code");
  }

  void add_files() {
    CLI::App* put = command("put", "Copies a file to where the programs run",
                            "quern put data.csv inputs/data.csv", put_);
    put->add_option("LOCAL", put_.local, "The file here, or - for stdin")->required();
    put->add_option("REMOTE", put_.remote, "Its name there; behind a / it keeps its own")
        ->required();
    put->add_option("--mode", put_.mode, "Its permissions, in octal; else as they are here");
    put->add_flag("--atomic", put_.atomic,
                  "Readers see the old or the new file, nothing between; 64 MiB at most");
    CLI::App* get =
        command("get", "Copies a file from where the programs run", "quern get plot.png", get_);
    get->add_option("REMOTE", get_.remote, "The file there")->required();
    get->add_option("LOCAL", get_.local,
                    "A file or folder here, or - for stdout; else the same name in this folder");
    command("ls", "Lists a folder where the programs run", "quern ls inputs", list_)
        ->add_option("PATH", list_.path, "The folder")
        ->capture_default_str();
    CLI::App* stat = command("stat", "Tells of a file where the programs run",
                             "quern stat data.csv --sha256", stat_);
    stat->add_option("PATH", stat_.path, "The file or folder")->required();
    stat->add_flag("--sha256", stat_.sha256, "With the digest of its content");
    CLI::App* remove =
        command("rm", "Removes files where the programs run", "quern rm -r inputs", remove_);
    remove->add_option("PATH", remove_.paths, "What to remove")->required();
    remove->add_flag("-r,--recursive", remove_.recursive, "Folders too, with all that is in them");
    CLI::App* move = command("mv", "Renames or moves a file where the programs run",
                             "quern mv draft.txt final.txt", move_);
    move->add_option("FROM", move_.path, "Its name")->required();
    move->add_option("TO", move_.to, "The new one")->required();
  }

  void add_keygen() {
    CLI::App* sub = app_.add_subcommand("keygen", "Makes a pair of keys and prints the public one");
    sub->add_option("--out", keygen_.out,
                    "The file of the secret key; the public one goes to the same name with .pub")
        ->capture_default_str();
    sub->add_flag("--json", common_.json, "Everything as JSON, one object a line");
    sub->footer(
        "Both files are made with mode 0600, and none that is there is written over.\n"
        "Example: quern keygen --out laptop && cat laptop.pub >> authorized-keys");
    sub->callback([this] { invocation_ = Invocation{{}, keygen_}; });
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
  TtyOptions tty_;
  ReplOptions repl_;
  LangsOptions langs_;
  StatusOptions status_;
  MetricsOptions metrics_;
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
  OpenOptions open_;
  AdviceOptions complete_;
  AdviceOptions inspect_;
  AdviceOptions check_;
  PutOptions put_;
  GetOptions get_;
  ListOptions list_;
  StatOptions stat_;
  RemoveOptions remove_;
  MoveOptions move_;
  KeygenOptions keygen_;
  std::optional<Invocation> invocation_;
};

}  // namespace

std::optional<Invocation> read_command_line(std::vector<std::string> words) {
  return Parser().read(std::move(words));
}

}  // namespace quern
