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
      terminal_(::isatty(STDIN_FILENO) != 0) {}

bool LineInput::take_line(std::string& line) {
  const std::size_t newline = buffer_.find('\n');
  if (newline == std::string::npos && (!ended_ || buffer_.empty())) return false;
  line = buffer_.substr(0, newline);
  buffer_.erase(0, newline == std::string::npos ? newline : newline + 1);
  return true;
}

LineInput::Got LineInput::read(const std::string& prompt, std::string& line) {
  if (terminal_) writer_.out((writer_.at_line_start() ? "" : "\n") + prompt);
  for (;;) {
    if (take_line(line)) {
      if (terminal_) writer_.note_newline();
      return Got::line;
    }
    if (ended_) return Got::end;
    pollfd others[] = {{signals_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    session_.wait(others, std::chrono::seconds(60));
    while (session_.next()) {
    }  // late output of a query that has ended, and news of contexts
    session_.took_new_connection();
    if (const auto number = signals_.next()) {
      if (*number == SIGINT) return Got::interrupted;
      signal_ = *number;
      return Got::ended_by_signal;
    }
    if (!others[1].revents) continue;
    char piece[4096];
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof piece);
    if (count > 0)
      buffer_.append(piece, static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
      ended_ = true;
  }
}

bool wants_more(const std::string& code) {
  int open = 0;
  char quote = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote || c == '\n')
        quote = 0;  // a quote left open ends with its line
      continue;
    }
    if (c == '"' || c == '\'')
      quote = c;
    else if (c == '(' || c == '[' || c == '{')
      ++open;
    else if (c == ')' || c == ']' || c == '}')
      --open;
  }
  if (open > 0) return true;
  const std::size_t last = code.find_last_not_of(" \t\n");
  return last != std::string::npos && (code[last] == ':' || code[last] == '\\');
}

}  // namespace quern
