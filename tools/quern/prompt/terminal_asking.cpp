// SPDX-License-Identifier: Apache-2.0
#include "terminal_asking.hpp"

#include "raw_terminal.hpp"
#include "terminal_answers.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Terminals answer within some milliseconds; behind a slow line one goes without.
constexpr milliseconds patience{300};

}  // namespace

std::string ask_terminal(Look& look, Writer& writer) {
  const RawTerminal raw;
  writer.tell_terminal(terminal_question());
  TerminalAnswers answers;
  const Clock::time_point until = Clock::now() + patience;
  while (!answers.done()) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    char piece[1024];
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
    if (count <= 0) break;
    answers.take({piece, static_cast<std::size_t>(count)});
  }
  answers.tell(look);
  return answers.typed();
}

}  // namespace quern
