// SPDX-License-Identifier: Apache-2.0
// quern tty: a program in a terminal of the daemon's, at our own.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "native_names.hpp"
#include "run_name.hpp"
#include "terminal_stay.hpp"

#include <cstdlib>

namespace quern {
namespace {

StartRun request_of(const TtyOptions& options) {
  if (options.lang.empty() && options.command.empty())
    throw Failure("say what is to run: a language with -l, or a command behind --.");
  StartRun run;
  run.mode = RunMode::tty;
  run.lang = options.lang;
  run.command = options.command;
  run.env = environment_of(options.env);
  run.limits = limits_of(options.limits);
  run.cwd = options.cwd;
  const WindowSize size = RawTerminal::size();
  run.tty.rows = static_cast<std::uint16_t>(size.rows);
  run.tty.cols = static_cast<std::uint16_t>(size.columns);
  if (const char* term = std::getenv("TERM"); term && *term) run.tty.term = term;
  return run;
}

}  // namespace

int execute(const TtyOptions& options, const Surface& surface) {
  if (surface.common.json) throw Failure("a terminal is bytes, not JSON; leave --json out.");
  StartRun request = request_of(options);
  TerminalStay stay(surface, options.escape);
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  const std::string name = options.name.empty() ? fresh_run_name() : options.name;
  const TerminalFollower::Ending ending = stay.follow(
      link, name, [&](TerminalFollower& follower) { return follower.run(request, name); });
  if (!options.keep && !link.is_private() && ending.finished && !ending.finished->open)
    link.session().ask(Forget{name});
  return stay.exit_code(ending);
}

}  // namespace quern
