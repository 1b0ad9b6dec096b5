// SPDX-License-Identifier: Apache-2.0
#include "line_input.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace quern {

LineInput::LineInput(Session& session, Signals& signals, Writer& writer)
    : session_(session),
      signals_(signals),
      writer_(writer),
      adviser_(session),
      terminal_(::isatty(STDIN_FILENO) != 0) {}

InputReader::Got LineInput::read(const Place& place, std::string& input) {
  Got got = read_line(prompt_of(place), input);
  while (got == Got::input && !is_command(input) && !adviser_.judge(place, input).whole) {
    std::string line;
    got = read_line(prompt_for_more(place), line);
    // What a file leaves open at its end is run all the same, and fails with the language's own
    // words.
    if (got == Got::end) return Got::input;
    input += "\n" + line;
  }
  if (got == Got::end && terminal_) writer_.out("\n");
  return got;
}

bool LineInput::take_line(std::string& line) {
  const std::size_t newline = buffer_.find('\n');
  if (newline == std::string::npos && (!ended_ || buffer_.empty())) return false;
  line = buffer_.substr(0, newline);
  buffer_.erase(0, newline == std::string::npos ? newline : newline + 1);
  return true;
}

InputReader::Got LineInput::read_line(const std::string& prompt, std::string& line) {
  if (terminal_) writer_.out((writer_.at_line_start() ? "" : "\n") + prompt);
  for (;;) {
    if (take_line(line)) {
      if (terminal_) writer_.note_newline();
      return Got::input;
    }
    if (ended_) return Got::end;
    pollfd others[] = {{signals_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    try {
      session_.wait(others, std::chrono::seconds(60));
      hear();
    } catch (const DaemonLost& lost) {
      if (!on_lost) throw;
      on_lost(lost);
      writer_.out(prompt);
      continue;
    }
    if (const auto ended = heed_signal()) return *ended;
    if (!others[1].revents) continue;
    char piece[4096];
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
    if (count > 0)
      buffer_.append(piece, static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
      ended_ = true;
  }
}

void LineInput::hear() {
  while (const std::optional<Message> message = session_.next())
    if (is_news && is_news(*message)) on_message(*message);
  if (session_.took_new_connection() && on_new_connection) on_new_connection();
}

std::optional<InputReader::Got> LineInput::heed_signal() {
  const std::optional<int> number = signals_.next();
  if (!number) return std::nullopt;
  if (*number == SIGINT) return Got::interrupted;
  signal_ = *number;
  return Got::ended_by_signal;
}

}  // namespace quern
