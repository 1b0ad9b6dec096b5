// SPDX-License-Identifier: Apache-2.0
// quern complete, inspect, check: what a language knows of code without running it.
#include "commands.hpp"
#include "daemon_link.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "local_file.hpp"
#include "native_names.hpp"

namespace quern {
namespace {

// Found or true is 0, as for grep; nothing or not is 1.
constexpr int nothing_found = 1;

std::string code_of(const AdviceOptions& options) {
  if (options.code != "-") return options.code;
  LocalSource input("-");
  std::string code = input.read(max_body + 1);
  if (code.size() > max_body)
    throw Failure("stdin has more than 64 MiB, which is all that one request carries.");
  return code;
}

std::uint64_t cursor_of(const AdviceOptions& options, const std::string& code) {
  if (!options.cursor) return code.size();
  if (*options.cursor > code.size())
    throw Failure("--cursor " + std::to_string(*options.cursor) +
                  " lies behind the code, which has " + std::to_string(code.size()) + " bytes.");
  return *options.cursor;
}

int show_matches(const Message& message, const Surface& surface) {
  const auto reply = value_or_fail(decode_reply<CompleteReply>(message.head(), message.body()));
  if (surface.common.json) {
    surface.writer.out(line_of(reply_as_json(message.head())));
  } else {
    for (const Match& match : reply.matches)
      surface.writer.out(match.text + (match.type.empty() ? "" : "\t" + match.type) + "\n");
  }
  return reply.matches.empty() ? nothing_found : 0;
}

int show_knowledge(const Message& message, const Surface& surface) {
  const auto reply = value_or_fail(decode_reply<InspectReply>(message.head(), message.body()));
  if (surface.common.json) {
    surface.writer.out(line_of(reply_as_json(message.head())));
  } else if (reply.found) {
    const auto plain = reply.data.find("text/plain");
    const auto best = plain != reply.data.end() ? plain : reply.data.begin();
    if (best != reply.data.end()) surface.writer.out(best->second);
    if (!surface.writer.at_line_start()) surface.writer.out("\n");
  }
  return reply.found ? 0 : nothing_found;
}

int show_completeness(const Message& message, const Surface& surface) {
  const auto reply = value_or_fail(decode_reply<CheckReply>(message.head(), message.body()));
  surface.writer.out(surface.common.json ? line_of(reply_as_json(message.head()))
                                         : std::string(native::name(reply.state)) + "\n");
  switch (reply.state) {
    case Completeness::complete: return 0;
    case Completeness::incomplete: return 1;
    case Completeness::invalid: return 2;
    case Completeness::unknown: return 3;
  }
  return 3;
}

}  // namespace

int execute(const AdviceOptions& options, const Surface& surface) {
  const std::string code = code_of(options);
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  Session& session = link.session();
  switch (options.what) {
    case AdviceOptions::What::complete:
      return show_matches(
          session.ask(Complete{options.lang, options.ctx, code, cursor_of(options, code)}),
          surface);
    case AdviceOptions::What::inspect:
      return show_knowledge(session.ask(Inspect{options.lang, options.ctx, code,
                                                cursor_of(options, code), options.detail ? 1 : 0}),
                            surface);
    case AdviceOptions::What::check:
      return show_completeness(session.ask(Check{options.lang, options.ctx, code}), surface);
  }
  return own_failure;
}

}  // namespace quern
