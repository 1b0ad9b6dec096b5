// SPDX-License-Identifier: Apache-2.0
// quern attach, wait, output, forget: what can be learnt of a run by its name.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "exit_code.hpp"
#include "failure.hpp"
#include "follower.hpp"
#include "json_text.hpp"
#include "native_names.hpp"
#include "patient.hpp"
#include "run_in_status.hpp"
#include "terminal_stay.hpp"

#include <csignal>
#include <memory>

namespace quern {
namespace {

constexpr int not_yet = 75;  // EX_TEMPFAIL: ask again later

// Some screens full; who draws a whole screen draws it anew when we come.
constexpr std::uint64_t enough_to_redraw = 64 * kib;

bool is_terminal(Session& session, const std::string& run) {
  const auto status = session.ask_for<StatusReply>(Status{});
  const RunInfo* info = run_in(status, run);
  return info && info->mode == RunMode::tty;
}

std::string words_of(const WaitReply& reply) {
  if (!reply.finished) {
    std::string text(native::name(reply.state));
    if (reply.prompt && !reply.prompt->prompt.empty()) text += " (" + reply.prompt->prompt + ")";
    return text;
  }
  const Finished& finished = *reply.finished;
  std::string text = "finished " + std::string(native::name(finished.status));
  if (finished.exit) text += " exit " + std::to_string(*finished.exit);
  if (finished.signal) text += " signal " + std::to_string(*finished.signal);
  if (!finished.cause.empty()) text += " (" + finished.cause + ")";
  return text;
}

}  // namespace

int execute(const AttachOptions& options, const Surface& surface) {
  std::optional<std::uint64_t> tail;
  if (!options.tail.empty()) tail = size_of(options.tail);
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  if (!surface.common.json && TerminalStay::is_possible() &&
      is_terminal(link.session(), options.run)) {
    TerminalStay stay(surface, options.escape);
    return stay.exit_code(stay.follow(link, options.run, [&](TerminalFollower& follower) {
      return follower.attach(options.run, tail.value_or(enough_to_redraw));
    }));
  }
  const auto view = plain_view(surface);
  const auto source = InputFeed::source_of(STDIN_FILENO);
  // Only a person answers here: the run's stdin is whoever started it, not what our caller had
  // open.
  InputFeed input(source == InputFeed::Source::terminal ? source : InputFeed::Source::none,
                  STDIN_FILENO, false);
  Follower follower(link.session(), surface.signals, surface.writer, *view, input);
  Attach request;
  request.run = options.run;
  request.tail = tail;
  return follower.attach(request).exit_code();
}

int execute(const WaitOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  Wait request{options.run, std::nullopt};
  if (!options.timeout.empty()) request.timeout = duration_of(options.timeout);
  const Message message = ask_patiently(link.session(), surface.signals, request);
  const auto reply = value_or_fail(decode_reply<WaitReply>(message.head(), message.body()));
  surface.writer.out(surface.common.json ? line_of(reply_as_json(message.head()))
                                         : words_of(reply) + "\n");
  return reply.finished ? exit_code(*reply.finished) : not_yet;
}

int execute(const OutputOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  ReadOutput request;
  request.run = options.run;
  request.stream = options.err ? Stream::err : Stream::out;
  request.from = options.from;
  surface.writer.while_blocked = [&link] { link.session().keep_alive(); };
  for (;;) {
    const Message message = link.session().ask(request);
    const auto reply = value_or_fail(decode_reply<OutputReply>(message.head(), message.body()));
    if (surface.common.json) {
      Json json = reply_as_json(message.head());
      add_bytes(json, reply.bytes.view());
      surface.writer.out(line_of(json));
    } else {
      surface.writer.out(reply.bytes.view());
    }
    const std::uint64_t behind = reply.from + reply.bytes.size();
    if (reply.bytes.empty() || behind >= reply.size) return 0;
    request.from = static_cast<std::int64_t>(behind);
  }
}

int execute(const ForgetOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  link.session().ask_for<Ok>(Forget{options.run});
  if (surface.common.json) surface.writer.out(line_of({{"run", options.run}, {"forgotten", true}}));
  return 0;
}

}  // namespace quern
