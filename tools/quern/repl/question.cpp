// SPDX-License-Identifier: Apache-2.0
#include "question.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace quern {
namespace {

constexpr const char* words_for(Answer answer) {
  switch (answer) {
    case Answer::yes: return "y\n";
    case Answer::no: return "n\n";
    case Answer::moot: return "it has ended\n";
  }
  return "\n";
}

std::optional<Reaction> react(const Question& question, Signals& signals, bool readable) {
  if (const std::optional<int> number = signals.next()) {
    if (*number == SIGINT) return Reaction{question.on_interrupt, std::nullopt};
    return Reaction{Answer::no, number};
  }
  if (!readable) return std::nullopt;
  char key = 0;
  const ssize_t count = ::read(STDIN_FILENO, &key, 1);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  return Reaction{count == 1 && (key == 'y' || key == 'Y') ? Answer::yes : Answer::no,
                  std::nullopt};
}

}  // namespace

Reaction ask(const Question& question, Session& session, const Surface& surface,
             RunTerminal& terminal) {
  if (!surface.writer.at_line_start()) surface.writer.out("\n");
  terminal.read_keys(true);
  surface.writer.out(question.text);
  std::deque<Message> meanwhile;
  std::optional<Reaction> reaction;
  while (!reaction) {
    while (std::optional<Message> message = session.next()) {
      if (question.is_moot && question.is_moot(*message)) reaction = {Answer::moot, std::nullopt};
      meanwhile.push_back(*std::move(message));
    }
    if (reaction) break;
    std::array<pollfd, 2> others = {pollfd{surface.signals.fd(), POLLIN, 0},
                                    pollfd{STDIN_FILENO, POLLIN, 0}};
    session.wait(others, std::chrono::seconds(60));
    reaction = react(question, surface.signals, others[1].revents != 0);
  }
  session.put_back(std::move(meanwhile));
  terminal.read_keys(false);
  surface.writer.out(words_for(reaction->answer));
  return *reaction;
}

}  // namespace quern
