// SPDX-License-Identifier: Apache-2.0
// A language as data: what its adapter.toml says.
//
// A value, read once at start. Every key has a documented default, so a short manifest is a whole
// one. langs/README.md lists the keys for those who write them.
#pragma once

#include "error.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

// If all of these exist and none of those, this is what to run.
struct BatchRule {
  std::vector<std::string> when;  // glob patterns relative to the work dir; may name {main}
  std::vector<std::string> unless;
  Argv run;
  Argv builder = {};  // a worker that may build what `run` would, or would first; empty: none
  friend bool operator==(const BatchRule&, const BatchRule&) = default;
};

// Whether an interrupt is more than SIGINT to the worker's own process.
enum class Urge {
  no,
  too,      // SIGURG behind it
  instead,  // SIGRTMAX in its place
};

struct QueryWorker {
  Argv worker;        // empty: the language has no query mode
  bool fork = false;  // a warm worker can fork contexts
  Urge urge = Urge::no;
  std::set<std::string> can;  // "complete", "inspect", "check", "interrupt", "value", …
  friend bool operator==(const QueryWorker&, const QueryWorker&) = default;
};

struct Manifest {
  std::string name;
  std::string title;
  std::vector<std::string> aliases;
  std::string extension;
  std::string main;
  Argv version;
  std::vector<std::string> programs;                         // needed on PATH
  std::map<std::string, std::vector<std::string>> packages;  // by distribution
  Environment env;
  std::vector<BatchRule> build;
  std::vector<BatchRule> exec;
  std::vector<BatchRule> clean;
  QueryWorker query;
  Argv terminal;
  RunLimits limits;
  std::filesystem::path dir;  // where the adapter's own files are

  bool has_batch() const { return !exec.empty(); }
  bool has_query() const { return !query.worker.empty(); }
  bool has_terminal() const { return !terminal.empty(); }
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// Pure. An Error says file, line, key, what was expected, and the nearest known key for a misspelt
// one.
Result<Manifest> parse_manifest(std::string_view toml, const std::filesystem::path& dir);
// The table [syntax] alone, which a manifest checks and does not keep: it is for clients.
Result<SyntaxReply> parse_syntax(std::string_view toml, const std::filesystem::path& dir);

}  // namespace quern
