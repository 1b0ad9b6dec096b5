// SPDX-License-Identifier: Apache-2.0
// quern interrupt, signal, open, reset, close, shutdown: one request, one answer.
#include "amounts.hpp"
#include "commands.hpp"
#include "daemon_link.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "nearest.hpp"
#include "patient.hpp"

#include <algorithm>
#include <cctype>

namespace quern {
namespace {

// By any of its names: term, SIGTERM.
std::string signal_name(const std::string& said) {
  constexpr std::string_view known[] = {"INT",  "TERM", "KILL", "HUP", "USR1",
                                        "USR2", "QUIT", "STOP", "CONT"};
  std::string name = said;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (std::find(std::begin(known), std::end(known), name) != std::end(known)) return name;
  const std::string_view meant = nearest(name, known);
  throw Failure("there is no signal \"" + said + "\" to send" +
                (meant.empty()
                     ? "; there are INT, TERM, KILL, HUP, USR1, USR2, QUIT, STOP and CONT."
                     : "; did you mean \"" + std::string(meant) + "\"?"));
}

int deliver(Op op, const std::string& run, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message = link.session().ask(std::move(op));
  const auto reply = value_or_fail(decode_reply<DeliveredReply>(message.head(), message.body()));
  if (surface.common.json) surface.writer.out(line_of(reply_as_json(message.head())));
  if (!reply.delivered)
    throw Failure("in run " + run + " there was nothing left to deliver it to.", 1);
  return 0;
}

}  // namespace

int execute(const InterruptOptions& options, const Surface& surface) {
  return deliver(Interrupt{options.run, default_grace}, options.run, surface);
}

int execute(const SignalOptions& options, const Surface& surface) {
  return deliver(Signal{options.run, signal_name(options.signal)}, options.run, surface);
}

int execute(const ContextOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Op op = options.close ? Op(CloseContext{options.lang, options.ctx})
                              : Op(ResetContext{options.lang, options.ctx});
  const Message message = link.session().ask(op);
  value_or_fail(decode_reply<ContextReply>(message.head(), message.body()));
  if (surface.common.json) surface.writer.out(line_of(reply_as_json(message.head())));
  return 0;
}

int execute(const OpenOptions& options, const Surface& surface) {
  OpenContext request;
  request.lang = options.lang;
  request.ctx = options.ctx;
  request.env = environment_of(options.env);
  request.limits = limits_of(options.limits);
  request.cwd = options.cwd;
  if (!options.idle.empty()) request.idle = duration_of(options.idle);
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message = ask_patiently(link.session(), surface.signals, std::move(request));
  value_or_fail(decode_reply<ContextReply>(message.head(), message.body()));
  if (surface.common.json) surface.writer.out(line_of(reply_as_json(message.head())));
  return 0;
}

int execute(const ShutdownOptions& options, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const milliseconds grace = duration_of(options.grace);
  link.session().ask_for<Ok>(Shutdown{grace}, grace + std::chrono::seconds(10));
  if (surface.common.json) surface.writer.out(line_of({{"shutdown", true}}));
  return 0;
}

}  // namespace quern
