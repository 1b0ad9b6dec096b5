// SPDX-License-Identifier: Apache-2.0
#include "repl_config.hpp"

#include "failure.hpp"
#include "local_file.hpp"
#include "user_folder.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <cstdlib>
#include <fstream>
#include <vector>

namespace quern {
namespace {

namespace fs = std::filesystem;

fs::path config_file() {
  const fs::path folder = user_folder("XDG_CONFIG_HOME", ".config");
  return folder.empty() ? folder : folder / "repl.toml";
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::optional<KeySet> key_set_of(const std::string& name) {
  if (name == "emacs") return KeySet::emacs;
  if (name == "vi") return KeySet::vi;
  return std::nullopt;
}

std::string name_of(KeySet keys) { return keys == KeySet::vi ? "vi" : "emacs"; }

ReplConfig::ReplConfig() : path_(config_file()) {
  read();
  const char* named = std::getenv("QUERN_KEYS");
  if (!named || !*named) return;
  if (const auto keys = key_set_of(named))
    keys_ = *keys;
  else
    trouble_ = "QUERN_KEYS is \"" + std::string(named) + "\"; it may be vi or emacs.";
}

void ReplConfig::read() {
  std::error_code ignored;  // what cannot be looked at is as good as not there
  if (path_.empty() || !fs::exists(path_, ignored)) return;
  const toml::parse_result document = toml::parse_file(path_.string());
  if (!document) {
    trouble_ = path_.string() + ":" + std::to_string(document.error().source().begin.line) + ": " +
               std::string(document.error().description()) + ".";
    return;
  }
  const toml::node* node = document.table().get("keys");
  if (!node) return;
  const auto keys = key_set_of(node->value_or(std::string()));
  if (keys)
    keys_ = *keys;
  else
    trouble_ = path_.string() + ":" + std::to_string(node->source().begin.line) +
               ": `keys` may be \"vi\" or \"emacs\".";
}

std::string ReplConfig::choose(KeySet keys) {
  keys_ = keys;
  if (path_.empty()) return "they are not kept for the next time: there is no home folder.";
  std::vector<std::string> lines = lines_of(path_);
  const std::string line = "keys = \"" + name_of(keys) + "\"";
  const toml::parse_result document = toml::parse_file(path_.string());
  const toml::node* node = document ? document.table().get("keys") : nullptr;
  if (node && node->source().begin.line <= lines.size())
    lines[node->source().begin.line - 1] = line;
  else
    lines.insert(lines.begin(), line);  // behind a table it would be one of the table's
  std::string text;
  for (const std::string& each : lines) text += each + "\n";
  try {
    std::error_code failed;
    const fs::path folder = path_.parent_path();
    fs::create_directories(folder, failed);
    if (failed) throw Failure(folder.string() + " cannot be made: " + failed.message() + ".");
    LocalTarget file(path_, 0644);
    file.write(text);
    file.keep();
  } catch (const Failure& failure) {
    return std::string("they are not kept for the next time: ") + failure.what();
  }
  return {};
}

}  // namespace quern
