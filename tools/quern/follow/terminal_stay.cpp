// SPDX-License-Identifier: Apache-2.0
#include "terminal_stay.hpp"

#include "exit_code.hpp"
#include "failure.hpp"

#include <unistd.h>

#include <csignal>

namespace quern {
namespace {

// Of an end that a person has not made himself he hears why, as from a shell.
bool is_worth_telling(const Finished& finished) {
  if (finished.error) return true;  // it was never there, or was made to end
  if (finished.signal == SIGINT || finished.signal == SIGPIPE) return false;
  return finished.status != FinishedStatus::ok && finished.status != FinishedStatus::error;
}

}  // namespace

bool TerminalStay::is_possible() { return ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO); }

TerminalStay::TerminalStay(const Surface& surface, const std::string& escape)
    : surface_(surface), escape_(escape_key_of(escape)) {
  if (!is_possible())
    throw Failure("stdin and stdout must be a terminal for this; quern run needs none.");
}

TerminalFollower::Ending TerminalStay::follow(DaemonLink& link, const std::string& run,
                                              const Follow& how) {
  TerminalFollower::Ending ending;
  {
    WholeTerminal terminal;
    TerminalFollower follower(link.session(), surface_.signals, surface_.writer, terminal,
                              EscapeKeys(escape_));
    ending = how(follower);
  }
  tell(link, run, ending);
  return ending;
}

void TerminalStay::tell(const DaemonLink& link, const std::string& run,
                        const TerminalFollower::Ending& ending) const {
  if (!ending.finished) {
    surface_.writer.err("\n");
    surface_.writer.note_newline();
    surface_.writer.say(link.is_private() ? "left; the run ends with its private daemon."
                                          : "left; it runs on: quern attach " + run);
  } else if (is_worth_telling(*ending.finished)) {
    surface_.writer.say(ending.finished->cause);
  }
}

int TerminalStay::exit_code(const TerminalFollower::Ending& ending) const {
  if (ending.finished) return quern::exit_code(*ending.finished);
  return ending.signal == 0 ? 0 : exit_code_of_signal(ending.signal);
}

}  // namespace quern
