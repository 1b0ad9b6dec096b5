// SPDX-License-Identifier: Apache-2.0
// quern run: one run from its start to its end.
#include "amounts.hpp"
#include "code_source.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "failure.hpp"
#include "follower.hpp"
#include "json_text.hpp"
#include "run_name.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>

namespace quern {
namespace {

// The extension of FILE is a language where the daemon knows it as a name or an alias, and only
// there.
std::string language_of(const RunOptions& options) {
  if (!options.lang.empty()) return options.lang;
  const std::string extension = std::filesystem::path(options.file).extension().string();
  return extension.size() > 1 ? extension.substr(1) : std::string();
}

Step step_of(const std::optional<std::string>& given, Step otherwise) {
  if (!given) return otherwise;
  if (given->empty()) return Skip{};
  if (*given == "*") return Heuristic{};
  return *given;
}

void check(const RunOptions& options, const std::string& lang) {
  const bool has_code = options.code || !options.file.empty();
  const bool steps = options.build || options.exec || options.clean;
  if (!has_code && !options.exec && !options.build)
    throw Failure(
        "there is nothing to run; give -c CODE, a FILE, or - for stdin; see quern run --help.");
  if (steps && !options.batch)
    throw Failure("--build, --exec and --clean are for programs; add --batch.");
  const bool needs_language = !options.batch || (has_code && !options.exec);
  if (needs_language && lang.empty())
    throw Failure("say with -l which language this is; quern langs lists them.");
}

StartRun request_of(const RunOptions& options) {
  StartRun run;
  run.lang = language_of(options);
  // A FILE that is none says more than what else is missing; stdin is read when all else is right.
  if (options.file != "-") run.code = read_code(options);
  check(options, run.lang);
  if (options.file == "-") run.code = read_code(options);
  run.mode = options.batch ? RunMode::batch : RunMode::query;
  run.ctx = options.ctx;
  if (options.batch) {
    const bool by_rules = !run.lang.empty() && !run.code.empty();
    run.build = step_of(options.build, by_rules ? Step(Heuristic{}) : Step(Skip{}));
    run.exec = step_of(options.exec, run.lang.empty() ? Step(Skip{}) : Step(Heuristic{}));
    run.clean = step_of(options.clean, Skip{});
    run.file = options.as;
  }
  run.argv = options.args;
  run.env = environment_of(options.env);
  run.limits = limits_of(options.limits);
  run.cwd = options.cwd;
  run.merge = options.merge;
  if (options.no_stdin || options.file == "-" || options.detach) run.input = Stdin::none;
  if (InputFeed::source_of(STDIN_FILENO) == InputFeed::Source::none) run.input = Stdin::none;
  return run;
}

int detach(Session& session, const StartRun& run, const std::string& name, const Surface& surface) {
  session.send(run, name);
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (Clock::now() < deadline) {
    while (const std::optional<Message> message = session.next()) {
      if (message->kind.kind != HeadKind::Kind::reply || message->kind.id != name) continue;
      value_or_fail(decode_reply<RunReply>(message->head(), message->body()));
      surface.writer.out(surface.common.json ? line_of({{"run", name}}) : name + "\n");
      return 0;
    }
    session.wait({}, std::chrono::seconds(1));
  }
  throw Failure("the daemon does not answer.");
}

// Whose language was taken from a file's extension has not said it himself.
[[noreturn]] void tell_guess(const Refusal& refusal, const RunOptions& options) {
  std::string sentence = refusal.what();
  if (sentence.ends_with('.')) sentence.pop_back();
  const bool asks = sentence.ends_with('?');
  throw Refusal(sentence + (asks ? " Or say" : "; say") + " with -l which language " +
                    options.file + " is in, where its extension does not.",
                refusal.reason_code);
}

}  // namespace

int execute(const RunOptions& options, const Surface& surface) {
  const StartRun run = request_of(options);
  const std::string name = options.name.empty() ? fresh_run_name() : options.name;
  DaemonLink link(surface.common,
                  options.detach ? DaemonLink::Otherwise::fail : DaemonLink::Otherwise::start_one);
  Session& session = link.session();
  if (options.detach) return detach(session, run, name, surface);

  const auto view = plain_view(surface);
  const auto source =
      run.input == Stdin::none ? InputFeed::Source::none : InputFeed::source_of(STDIN_FILENO);
  InputFeed input(source, STDIN_FILENO, false);
  Follower follower(session, surface.signals, surface.writer, *view, input);
  Follower::Ending ending;
  try {
    ending = follower.run(run, name);
  } catch (const Refusal& refusal) {
    if (!options.lang.empty() || refusal.reason_code != "unknown-language") throw;
    tell_guess(refusal, options);
  } catch (const OutputClosed&) {
    // As a program would die of SIGPIPE. A private daemon takes the run with it.
    if (!link.is_private()) session.ask(Signal{name, "KILL"}, std::chrono::seconds(2));
    throw;
  }
  // While something still holds its output the daemon keeps a run; then it expires by itself.
  if (!options.keep && !link.is_private() && ending.finished && !ending.finished->open)
    session.ask(Forget{name});
  return ending.exit_code();
}

}  // namespace quern
