// SPDX-License-Identifier: Apache-2.0
// quern put, get, ls, stat, rm, mv: what they can be told.
#include "command_table.hpp"
#include "definition.hpp"

namespace quern {
namespace {

void define_put(Definition& d) {
  auto& put = d.takes<PutOptions>();
  d.reaches_a_daemon();
  d.app.add_option("LOCAL", put.local, "The file here, or - for stdin")->required();
  d.app.add_option("REMOTE", put.remote, "Its name there; behind a / it keeps its own")->required();
  d.app.add_option("--mode", put.mode, "Its permissions, in octal; else as they are here");
  d.app.add_flag("--atomic", put.atomic,
                 "Readers see the old or the new file, nothing between; 64 MiB at most");
  d.says({.json = "path, size", .examples = {"quern put data.csv inputs/data.csv"}});
}

void define_get(Definition& d) {
  auto& get = d.takes<GetOptions>();
  d.reaches_a_daemon();
  d.app.add_option("REMOTE", get.remote, "The file there")->required();
  d.app.add_option("LOCAL", get.local,
                   "A file or folder here, or - for stdout; else the same name in this folder");
  d.says({.json = "path, local; to stdout a stretch: path, offset, size, eof, and text or data",
          .examples = {"quern get plot.png", "quern get log.txt - | tail"}});
}

void define_ls(Definition& d) {
  auto& list = d.takes<ListOptions>();
  d.reaches_a_daemon();
  d.app.add_option("PATH", list.path, "The folder")->capture_default_str();
  d.says({.json = "an entry: name, type, size, mode, mtime (microseconds)",
          .examples = {"quern ls inputs"}});
}

void define_stat(Definition& d) {
  auto& stat = d.takes<StatOptions>();
  d.reaches_a_daemon();
  d.app.add_option("PATH", stat.path, "The file or folder")->required();
  d.app.add_flag("--sha256", stat.sha256, "With the digest of its content");
  d.says({.json = "path, type, size, mode, mtime, sha256 where it was asked for",
          .examples = {"quern stat data.csv --sha256"}});
}

void define_rm(Definition& d) {
  auto& remove = d.takes<RemoveOptions>();
  d.reaches_a_daemon();
  d.app.add_option("PATH", remove.paths, "What to remove")->required();
  d.app.add_flag("-r,--recursive", remove.recursive, "Folders too, with all that is in them");
  d.says({.json = "what has been removed: path, removed", .examples = {"quern rm -r inputs"}});
}

void define_mv(Definition& d) {
  auto& move = d.takes<MoveOptions>();
  d.reaches_a_daemon();
  d.app.add_option("FROM", move.path, "Its name")->required();
  d.app.add_option("TO", move.to, "The new one")->required();
  d.says({.json = "path, to", .examples = {"quern mv draft.txt final.txt"}});
}

constexpr CommandEntry entries[] = {
    {"put", "Copies a file to where the programs run", define_put},
    {"get", "Copies a file from where the programs run", define_get},
    {"ls", "Lists a folder where the programs run", define_ls},
    {"stat", "Tells of a file where the programs run", define_stat},
    {"rm", "Removes files where the programs run", define_rm},
    {"mv", "Renames or moves a file where the programs run", define_mv}};

}  // namespace

std::span<const CommandEntry> commands_for_files() { return entries; }

}  // namespace quern
