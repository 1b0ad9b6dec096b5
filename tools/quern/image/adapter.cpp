// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include "failure.hpp"
#include "nearest.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace quern {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) throw Failure(file.string() + " cannot be read.");
  return text;
}

// Nothing when the key is not there; the daemon's own reader is the one that minds every key.
std::vector<std::string> words(const toml::node_view<const toml::node>& value, const fs::path& file,
                               const std::string& key) {
  std::vector<std::string> all;
  if (!value) return all;
  const toml::array* list = value.as_array();
  if (!list || !std::all_of(list->begin(), list->end(),
                            [](const toml::node& word) { return word.is_string(); }))
    throw Failure(file.string() + ":" + std::to_string(value.node()->source().begin.line) + ": `" +
                  key + "` must be an array of strings.");
  for (const toml::node& word : *list) all.push_back(word.as_string()->get());
  return all;
}

}  // namespace

Adapter read_adapter(const fs::path& dir) {
  const fs::path file = dir / "adapter.toml";
  const toml::parse_result document = toml::parse(std::string_view(text_of(file)));
  if (!document)
    throw Failure(file.string() + ":" + std::to_string(document.error().source().begin.line) +
                  ": " + std::string(document.error().description()) + ".");
  const toml::table& table = document.table();
  Adapter adapter;
  adapter.dir = dir;
  adapter.name = dir.filename().string();
  adapter.title = table["title"].value_or(adapter.name);
  adapter.aliases = words(table["aliases"], file, "aliases");
  const auto needs = table["needs"];
  adapter.programs = words(needs["programs"], file, "needs.programs");
  adapter.packages = words(needs["packages"]["debian"], file, "needs.packages.debian");
  adapter.files = words(needs["files"], file, "needs.files");
  adapter.refresh = words(needs["refresh"], file, "needs.refresh");
  return adapter;
}

std::vector<Adapter> read_adapters(const fs::path& langs) {
  std::vector<Adapter> all;
  std::error_code failed;
  for (fs::directory_iterator at(langs, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code ignored;  // no adapter.toml: no language
    if (fs::exists(at->path() / "adapter.toml", ignored)) all.push_back(read_adapter(at->path()));
  }
  if (failed)
    throw Failure("the folder of languages " + langs.string() +
                  " cannot be read: " + failed.message() + ".");
  std::sort(all.begin(), all.end(),
            [](const Adapter& a, const Adapter& b) { return a.name < b.name; });
  return all;
}

const Adapter& find_adapter(const std::vector<Adapter>& all, const std::string& name) {
  std::vector<std::string_view> known;
  for (const Adapter& adapter : all) {
    if (adapter.name == name) return adapter;
    known.emplace_back(adapter.name);
  }
  for (const Adapter& adapter : all) {
    if (std::find(adapter.aliases.begin(), adapter.aliases.end(), name) != adapter.aliases.end())
      return adapter;
    known.insert(known.end(), adapter.aliases.begin(), adapter.aliases.end());
  }
  const std::string_view meant = nearest(name, known);
  if (!meant.empty())
    throw Failure("there is no language \"" + name + "\"; did you mean \"" + std::string(meant) +
                  "\"?");
  std::string there;
  for (const Adapter& adapter : all) there += (there.empty() ? "" : ", ") + adapter.name;
  throw Failure("there is no language \"" + name + "\"; there are: " + there + ".");
}

}  // namespace quern
