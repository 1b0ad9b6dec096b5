// SPDX-License-Identifier: Apache-2.0
// quern langs, status, metrics, bench, shutdown, embed, keygen: what they can be told.
#include "command_table.hpp"
#include "definition.hpp"
#include "help_texts.hpp"

namespace quern {
namespace {

void define_langs(Definition& d) {
  d.takes<LangsOptions>();
  d.reaches_a_daemon();
  d.says({.more = where_daemons_are,
          .json = "a language: name, title, version, modes, context (\"kept\" or \"fresh\")",
          .examples = {"quern langs"}});
}

void define_status(Definition& d) {
  d.takes<StatusOptions>();
  d.reaches_a_daemon();
  d.says({.json = "one object: uptime_ms, rss, cpu_ms, runs, contexts, counters",
          .examples = {"quern status"}});
}

void define_metrics(Definition& d) {
  d.takes<MetricsOptions>();
  d.reaches_a_daemon();
  d.says({.json = "one object: a number for each counter",
          .examples = {"quern metrics --endpoint ipc:///run/quern/quern.sock"}});
}

void define_bench(Definition& d) {
  auto& bench = d.takes<BenchOptions>();
  d.reaches_a_daemon();
  d.app.add_option("-l,--lang", bench.langs, "A language to measure; may be repeated; else all")
      ->allow_extra_args(false);
  d.app.add_option("-c,--code", bench.code,
                   "What to run as the query; else nothing, so that the way alone is measured");
  d.app.add_option("--time", bench.time, "How long each measure may take, as 500ms")
      ->capture_default_str();
  d.says({.more = std::string("Measures from here, the way to the daemon included: its start where "
                              "it is a private one, a round trip, for each language the start of "
                              "a context and a query on it, a batch run, and output. The less "
                              "else runs on the machine, the more the numbers mean.\n\n") +
                  where_daemons_are,
          .exit_codes = "0, or 1 when something could not be measured",
          .json = "a measure: what, lang, unit, min, median, count; or what, lang, failed (why "
                  "not)",
          .examples = {"quern bench -l python -l bash", "quern bench -l python -c 'import json'"}});
}

void define_shutdown(Definition& d) {
  auto& shutdown = d.takes<ShutdownOptions>();
  d.reaches_a_daemon();
  d.app.add_option("--grace", shutdown.grace, "How long programs may take after TERM")
      ->capture_default_str();
  d.says({.json = "shutdown", .examples = {"quern shutdown --grace 10s"}});
}

void define_keygen(Definition& d) {
  auto& keygen = d.takes<KeygenOptions>();
  d.app
      .add_option("--out", keygen.out,
                  "The file of the secret key; the public one goes to the same name with .pub")
      ->capture_default_str();
  d.says({.more = "Both files are made with mode 0600, and none that is there is written over.",
          .json = "public, secret_file, public_file",
          .examples = {"quern keygen --out laptop && cat laptop.pub >> authorized-keys"}});
}

void define_embed(Definition& d) {
  auto& embed = d.takes<EmbedOptions>();
  d.app.add_option("LANG", embed.langs, "The languages; without one, the daemon alone");
  d.app.add_option("--root", embed.root, "The folder that is, or is copied to, the image's root")
      ->required();
  d.says({.more = "Writes DIR/opt/quern and DIR/run/quern, and says which packages the image must "
                  "have. In a Containerfile:\nCOPY DIR/ / and ENTRYPOINT "
                  "[\"/opt/quern/bin/quernd\"]",
          .json = "one object: root, languages, packages, bytes, changes, files",
          .examples = {"quern embed python bash --root image"}});
}

constexpr CommandEntry about_the_daemon[] = {
    {"langs", "Lists the languages that can be run", define_langs},
    {"status", "Tells how the daemon is", define_status},
    {"metrics", "Prints the daemon's counters as Prometheus reads them", define_metrics},
    {"bench", "Measures how fast the daemon is here", define_bench},
    {"shutdown", "Ends the daemon and all that it runs", define_shutdown}};

constexpr CommandEntry apart[] = {
    {"embed", "Puts the daemon and languages into the root of an image", define_embed},
    {"keygen", "Makes a pair of keys and prints the public one", define_keygen}};

}  // namespace

std::span<const CommandEntry> commands_about_the_daemon() { return about_the_daemon; }
std::span<const CommandEntry> commands_apart() { return apart; }

}  // namespace quern
