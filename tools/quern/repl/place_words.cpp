// SPDX-License-Identifier: Apache-2.0
// :lang, :ctx, :reset, :env, :limit: where and how the inputs to come are run.
#include "amounts.hpp"
#include "colon_words.hpp"
#include "failure.hpp"
#include "nearest.hpp"
#include "repl.hpp"
#include "table.hpp"

#include <algorithm>

namespace quern {
namespace {

void list_languages(Repl& repl) {
  Table table({" ", "NAME", "TITLE", "VERSION"});
  for (const LanguageInfo& language : repl.session().daemon().languages)
    table.add({language.name == repl.place().lang ? "*" : " ", language.name, language.title,
               language.version});
  repl.writer().out(table.text());
}

void list_contexts(Repl& repl) {
  Table table({" ", "LANG", "CTX", "STATE", "MEMORY"});
  const auto status = repl.session().ask_for<StatusReply>(Status{});
  for (const ContextInfo& context : status.contexts)
    table.add({Place{context.lang, context.ctx} == repl.place() ? "*" : " ", context.lang,
               context.ctx, context.state, readable_size(context.rss)});
  if (status.contexts.empty()) throw Failure("there is no context yet; the first input makes one.");
  repl.writer().out(table.text());
}

template <class Amount, class Show>
void add_limit(Table& table, const char* key, const std::optional<Amount>& limit, Show show) {
  if (limit) table.add({key, show(*limit)});
}

std::string text_of(milliseconds time) {
  return time.count() % 1000 ? std::to_string(time.count()) + "ms"
                             : std::to_string(time.count() / 1000) + "s";
}

void list_limits(Repl& repl) {
  const RunLimits& limits = repl.limits;
  if (limits == RunLimits{})
    throw Failure(
        "no limits are set here; the daemon's own hold. :help limit says how to set some.");
  Table table({"LIMIT", "VALUE"});
  add_limit(table, "wall", limits.wall, text_of);
  add_limit(table, "cpu", limits.cpu, text_of);
  add_limit(table, "memory", limits.memory, readable_size);
  add_limit(table, "output", limits.output, readable_size);
  add_limit(table, "processes", limits.processes,
            [](std::uint64_t n) { return std::to_string(n); });
  add_limit(table, "fsize", limits.fsize, readable_size);
  repl.writer().out(table.text());
}

bool lift(RunLimits& limits, const std::string& key) {
  if (key == "wall")
    limits.wall.reset();
  else if (key == "cpu")
    limits.cpu.reset();
  else if (key == "memory")
    limits.memory.reset();
  else if (key == "output")
    limits.output.reset();
  else if (key == "processes")
    limits.processes.reset();
  else if (key == "fsize")
    limits.fsize.reset();
  else
    return false;
  return true;
}

template <class Amount>
void merge(std::optional<Amount>& into, const std::optional<Amount>& from) {
  if (from) into = from;
}

}  // namespace

// A name that only an alias has is let through: the daemon knows aliases, `hello` does not tell
// them.
void obey_lang(Repl& repl, const std::string& rest) {
  if (rest.empty()) return list_languages(repl);
  const std::string name = only_word(rest, "the name of a language");
  std::vector<std::string> names;
  for (const LanguageInfo& language : repl.session().daemon().languages)
    names.push_back(language.name);
  const bool known = std::find(names.begin(), names.end(), name) != names.end();
  if (const std::string_view meant = nearest(name, names); !known && !meant.empty())
    throw Failure("there is no language \"" + name + "\"; did you mean \"" + std::string(meant) +
                  "\"?");
  repl.go_to(repl.place_in(name));
}

void obey_ctx(Repl& repl, const std::string& rest) {
  if (rest.empty()) return list_contexts(repl);
  repl.session();
  repl.go_to({repl.place().lang, only_word(rest, "the name of a context")});
}

void obey_reset(Repl& repl, const std::string& rest) {
  if (!rest.empty()) throw Failure(":reset takes nothing behind it; it is for this context.");
  repl.reset_context();
}

void obey_env(Repl& repl, const std::string& rest) {
  if (rest.empty()) {
    if (repl.env.empty()) throw Failure("no variables are set here; :env NAME=VALUE sets one.");
    for (const auto& [name, value] : repl.env) repl.writer().out(name + "=" + value + "\n");
    return;
  }
  for (auto& [name, value] : environment_of({rest})) {
    if (name.find_first_of(" \t\n") != std::string::npos)
      throw Failure("\"" + name + "\" is no name of a variable; write NAME=VALUE, one at a time.");
    repl.env[name] = value;
  }
}

void obey_limit(Repl& repl, const std::string& rest) {
  const std::vector<std::string> settings = words_in(rest);
  if (settings.empty()) return list_limits(repl);
  RunLimits limits = repl.limits;
  for (const std::string& setting : settings) {
    if (setting.ends_with("=none") && lift(limits, setting.substr(0, setting.find('=')))) continue;
    const RunLimits one = limits_of({setting});
    merge(limits.wall, one.wall);
    merge(limits.cpu, one.cpu);
    merge(limits.memory, one.memory);
    merge(limits.output, one.output);
    merge(limits.processes, one.processes);
    merge(limits.fsize, one.fsize);
  }
  repl.limits = limits;
}

}  // namespace quern
