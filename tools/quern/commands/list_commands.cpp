// SPDX-License-Identifier: Apache-2.0
// quern langs, status, ps: what the daemon has, as tables.
#include "commands.hpp"
#include "daemon_link.hpp"
#include "failure.hpp"
#include "json_text.hpp"
#include "metrics.hpp"
#include "native_names.hpp"
#include "raw_terminal.hpp"
#include "table.hpp"

namespace quern {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The elements of a list in a reply, a line each.
void write_lines(const Json& list, const Surface& surface) {
  for (const Json& element : list) surface.writer.out(line_of(element));
}

std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "";
}

std::string runs_table(const StatusReply& status) {
  constexpr std::size_t enough_of_a_name = 36;  // a UUID's: it must be whole to be of use
  Table table({"RUN", "MODE", "LANG", "CTX", "STATE", "TIME", "OUTPUT", "PID", "EVENTS", "HELD"});
  table.align_right({5, 6, 7, 8, 9});
  for (const RunInfo& run : status.runs)
    table.add({run.run, std::string(native::name(run.mode)), run.lang, run.ctx,
               std::string(native::name(run.state)), readable_duration(run.age.count()),
               readable_size(run.bytes.out + run.bytes.err), text_of(run.pid),
               std::to_string(run.seq + 1), readable_size(run.held)});
  return table.text(RawTerminal::columns_for_text(), {enough_of_a_name, {9, 8, 7, 3, 6, 1, 5, 2}});
}

std::string contexts_table(const StatusReply& status) {
  Table table({"LANG", "CTX", "GENERATION", "PID", "STATE", "MEMORY"});
  for (const ContextInfo& context : status.contexts)
    table.add({context.lang, context.ctx, std::to_string(context.gen), std::to_string(context.pid),
               context.state, readable_size(context.rss)});
  return table.text(RawTerminal::columns_for_text(), {});
}

}  // namespace

int execute(const LangsOptions&, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::start_one);
  // The greeting has not asked for versions, for nobody else waits for them.
  const Message message = link.session().ask(Hello{1, "quern/" QUERN_VERSION, true});
  const auto hello = value_or_fail(decode_reply<HelloReply>(message.head(), message.body()));
  if (surface.common.json) {
    write_lines(head_as_json(message.head())["languages"], surface);
    return 0;
  }
  Table table({"NAME", "TITLE", "VERSION", "MODES", "CONTEXT"});
  for (const LanguageInfo& language : hello.languages)
    table.add({language.name, language.title, language.version, joined(language.modes),
               language.kept ? "kept" : "fresh"});
  surface.writer.out(table.text(RawTerminal::columns_for_text(), {6, {3, 4, 2}}));
  return 0;
}

int execute(const PsOptions&, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message = link.session().ask(Status{});
  const auto status = value_or_fail(decode_reply<StatusReply>(message.head(), message.body()));
  if (surface.common.json)
    write_lines(head_as_json(message.head())["runs"], surface);
  else
    surface.writer.out(runs_table(status));
  return 0;
}

int execute(const MetricsOptions&, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message = link.session().ask(Status{});
  const auto status = value_or_fail(decode_reply<StatusReply>(message.head(), message.body()));
  const std::string& daemon = link.session().daemon().daemon;
  if (surface.common.json)
    surface.writer.out(line_of(head_as_json(message.head())["counters"]));
  else
    surface.writer.out(prometheus_text(status, daemon.substr(daemon.find('/') + 1)));
  return 0;
}

int execute(const StatusOptions&, const Surface& surface) {
  DaemonLink link(surface.common, DaemonLink::Otherwise::fail);
  const Message message = link.session().ask(Status{});
  const auto status = value_or_fail(decode_reply<StatusReply>(message.head(), message.body()));
  if (surface.common.json) {
    surface.writer.out(line_of(reply_as_json(message.head())));
    return 0;
  }
  const HelloReply& daemon = link.session().daemon();
  std::string text = daemon.daemon + ", process " + std::to_string(daemon.pid) + ", up " +
                     readable_duration(status.uptime.count()) + ", " + readable_size(status.rss) +
                     " of memory, " + readable_duration(status.cpu.count()) +
                     " of processor time\n";
  text += "features: " + joined(daemon.features) + "\n";
  for (const auto& [name, count] : status.counters)
    text += name + ": " + std::to_string(count) + "\n";
  if (!status.runs.empty()) text += "\n" + runs_table(status);
  if (!status.contexts.empty()) text += "\n" + contexts_table(status);
  surface.writer.out(text);
  return 0;
}

}  // namespace quern
