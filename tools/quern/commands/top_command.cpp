// SPDX-License-Identifier: Apache-2.0
// quern top: what the runs take, once or as it changes.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "load.hpp"
#include "raw_terminal.hpp"
#include "whole_terminal.hpp"

#include <unistd.h>

#include <array>
#include <optional>
#include <string_view>

namespace quern {
namespace {

constexpr std::chrono::milliseconds first_stretch{500};  // long enough for a percentage
constexpr std::chrono::milliseconds shortest{100};

class Glances {
 public:
  explicit Glances(Session& session) : session_(session) {}

  void ask() {
    if (asked_.empty()) asked_ = session_.send(Status{true});
  }
  // Whether an answer has come.
  bool take() {
    bool any = false;
    while (const std::optional<Message> message = session_.next()) {
      if (message->kind.kind != HeadKind::Kind::reply || message->kind.id != asked_) continue;
      before_ = std::move(now_);
      now_ = Glance{Clock::now(),
                    value_or_fail(decode_reply<StatusReply>(message->head(), message->body()))};
      asked_.clear();
      any = true;
    }
    if (session_.took_new_connection()) asked_.clear();
    return any;
  }
  std::optional<Load> load() const {
    return before_ && now_ ? std::optional(load_between(*before_, *now_)) : std::nullopt;
  }
  // When the next is due.
  Clock::time_point due(std::chrono::milliseconds every) const {
    if (!now_) return {};  // long ago
    return now_->at + (before_ ? every : std::min(every, first_stretch));
  }

 private:
  Session& session_;
  std::string asked_;
  std::optional<Glance> before_, now_;
};

std::string name_of(const Session& session) { return session.daemon().daemon; }

// The terminal while the table is drawn on it; given back as it was.
class Board {
 public:
  explicit Board(Writer& writer) : writer_(writer) { write("\x1b[?1049h\x1b[?25l"); }

  void draw(const std::string& text) {
    std::string screen = "\x1b[H";
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      screen.append(rest.substr(0, end)).append("\x1b[K");
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!rest.empty()) screen += "\r\n";
    }
    write(screen + "\x1b[J");
  }
  // q, Escape, Ctrl-C and Ctrl-D leave, and so does a terminal that has gone.
  bool leaves() {
    char keys[64];
    const ssize_t count = ::read(STDIN_FILENO, keys, sizeof keys);
    if (count <= 0) return true;
    return std::string_view(keys, static_cast<std::size_t>(count))
               .find_first_of("qQ\x1b\x03\x04") != std::string_view::npos;
  }
  int key_fd() const { return STDIN_FILENO; }
  WindowChanges& window() { return window_; }

 private:
  void write(const std::string& bytes) {
    terminal_.saw(bytes);
    writer_.out(bytes);
  }
  Writer& writer_;
  WindowChanges window_;
  WholeTerminal terminal_;
};

int watch(Session& session, const Surface& surface, std::chrono::milliseconds every) {
  Glances looks(session);
  Board board(surface.writer);
  for (;;) {
    bool fresh = looks.take();
    if (Clock::now() >= looks.due(every)) looks.ask();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(looks.due(every) - Clock::now());
    std::array<pollfd, 3> others = {pollfd{surface.signals.fd(), POLLIN, 0},
                                    pollfd{board.key_fd(), POLLIN, 0},
                                    pollfd{board.window().fd(), POLLIN, 0}};
    if (!fresh) session.wait(others, left.count() > 0 ? left : every);
    if (const auto number = surface.signals.next()) return exit_code_of_signal(*number);
    if (others[1].revents && board.leaves()) return 0;
    fresh = board.window().take() || fresh;
    if (!fresh) continue;
    const WindowSize size = RawTerminal::size();
    if (const auto load = looks.load())
      board.draw(load_as_text(*load, name_of(session), static_cast<std::size_t>(size.rows),
                              static_cast<std::size_t>(size.columns)));
  }
}

// For whoever reads lines: one look, or one after the other until nobody reads them.
int print(Session& session, const Surface& surface, std::chrono::milliseconds every, bool once) {
  Glances looks(session);
  for (;;) {
    const bool fresh = looks.take();
    if (const auto load = looks.load(); load && fresh) {
      surface.writer.out(surface.common.json ? line_of(load_as_json(*load))
                                             : load_as_text(*load, name_of(session), 0,
                                                            RawTerminal::columns_for_text()));
      if (once) return 0;
    }
    if (Clock::now() >= looks.due(every)) looks.ask();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(looks.due(every) - Clock::now());
    std::array<pollfd, 1> others = {pollfd{surface.signals.fd(), POLLIN, 0}};
    session.wait(others, left.count() > 0 ? left : every);
    if (const auto number = surface.signals.next()) return exit_code_of_signal(*number);
  }
}

}  // namespace

int execute(const TopOptions& options, const Surface& surface) {
  const std::chrono::milliseconds every = duration_of(options.every);
  if (every < shortest) throw Failure("--every is at least 100ms; looking costs time too.");
  const bool lines = options.once || surface.common.json;
  if (!lines && !RawTerminal::is_able())
    throw Failure(
        "quern top draws on a terminal, and there is none; say --once for one look, or --json for "
        "a line each.");
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  if (lines) return print(link.session(), surface, every, options.once);
  return watch(link.session(), surface, every);
}

}  // namespace quern
