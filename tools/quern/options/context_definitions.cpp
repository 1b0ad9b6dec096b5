// SPDX-License-Identifier: Apache-2.0
// quern open, reset, close, complete, inspect, check: what they can be told.
#include "command_table.hpp"
#include "definition.hpp"

namespace quern {
namespace {

using What = AdviceOptions::What;

void define_open(Definition& d) {
  auto& open = d.takes<OpenOptions>();
  d.reaches_a_daemon();
  d.names_context(open.lang, open.ctx);
  d.takes_surroundings(open.limits, open.env, open.cwd);
  d.app.add_option("--idle", open.idle, "End it when it was not used for so long, as 10m");
  d.says({.json = "gen, pid", .examples = {"quern open python work --cwd /srv --limit memory=1G"}});
}

void define_reset(Definition& d) {
  auto& reset = d.takes<ContextOptions>();
  d.reaches_a_daemon();
  d.names_context(reset.lang, reset.ctx);
  d.says({.json = "gen, pid", .examples = {"quern reset python main"}});
}

void define_close(Definition& d) {
  auto& close = d.takes(ContextOptions{.close = true});
  d.reaches_a_daemon();
  d.names_context(close.lang, close.ctx);
  d.says({.json = "gen", .examples = {"quern close python main"}});
}

AdviceOptions& question(Definition& d, What what) {
  auto& options = d.takes(AdviceOptions{.what = what});
  d.reaches_a_daemon();
  d.app.add_option("-l,--lang", options.lang, "The language")->required();
  d.app.add_option("--ctx", options.ctx, "The context whose names count")->capture_default_str();
  d.app.add_option("CODE", options.code, "The code, or - for stdin")->required();
  if (what != What::check)
    d.app.add_option("--cursor", options.cursor, "The place, in bytes; else the end of the code");
  return options;
}

void define_complete(Definition& d) {
  question(d, What::complete);
  d.says({.exit_codes = "0 when something may stand there, 1 when nothing may",
          .json = "one object: start, end, matches (each with text and, where known, type)",
          .examples = {"quern complete -l python 'import os; os.pa'"}});
}

void define_inspect(Definition& d) {
  AdviceOptions& options = question(d, What::inspect);
  d.app.add_flag("--detail", options.detail, "All that is known, its source included");
  d.says({.exit_codes = "0 when something is known, 1 when nothing is",
          .json = "one object: found, data (texts by their kind)",
          .examples = {"quern inspect -l python len"}});
}

void define_check(Definition& d) {
  question(d, What::check);
  d.says({.exit_codes = "0 complete, 1 incomplete, 2 invalid, 3 unknown",
          .json = "one object: state, indent",
          .examples = {"quern check -l python 'for i in range(3):'"}});
}

constexpr CommandEntry entries[] = {
    {"open", "Starts a context's interpreter, with settings of its own", define_open},
    {"reset", "Gives a context a fresh interpreter", define_reset},
    {"close", "Ends a context's interpreter", define_close},
    {"complete", "Lists what may stand at a place in code", define_complete},
    {"inspect", "Tells what is known of a name in code", define_inspect},
    {"check", "Tells whether code is whole", define_check}};

}  // namespace

std::span<const CommandEntry> commands_about_contexts() { return entries; }

}  // namespace quern
