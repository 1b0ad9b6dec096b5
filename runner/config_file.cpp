// SPDX-License-Identifier: Apache-2.0
#include "config_file.hpp"

#include "nearest.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace quern {

namespace {

using Kind = Option::Kind;

// Nothing when it cannot be read; errno then tells why.
std::optional<std::string> content(const std::string& path) {
  std::error_code unknown;
  const bool directory = std::filesystem::is_directory(path, unknown);  // it would read as empty
  std::ifstream file(path, std::ios::binary);
  if (directory) errno = EISDIR;
  if (!file || directory) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  if (text.bad()) return std::nullopt;
  return text.str();
}

class FileReader {
 public:
  explicit FileReader(std::string path) : path_(std::move(path)) {}

  ConfigSource read() {
    const std::optional<std::string> text = content(path_);
    if (!text) {
      source_.mistakes.push_back("the config file `" + path_ +
                                 "` cannot be read: " + std::strerror(errno));
      return std::move(source_);
    }
    const toml::parse_result document = toml::parse(*text);
    if (document) {
      for (const auto& [key, value] : document.table()) entry(key, value);
    } else {
      mistake(document.error().source(), std::string(document.error().description()));
    }
    // A table hands out its keys by name; a reader goes by lines.
    for (const auto& [line, sentence] : mistakes_) source_.mistakes.push_back(sentence);
    return std::move(source_);
  }

 private:
  void entry(const toml::key& key, const toml::node& value) {
    std::vector<std::string_view> known;
    for (const Option& option : options()) {
      if (option.key.empty()) continue;
      if (option.key == key.str()) return take(option, value);
      known.push_back(option.key);
    }
    const std::string name(key.str());
    mistake(key.source(), "there is no key `" + name + "`" + did_you_mean(name, known));
  }

  void take(const Option& option, const toml::node& value) {
    source_.given[&option];  // an empty list is said, too
    const bool list = option.kind == Kind::list || option.kind == Kind::list_or_counts;
    const bool counts = option.kind == Kind::counts || option.kind == Kind::list_or_counts;
    if (list && value.is_array()) {
      for (const toml::node& element : *value.as_array()) word(option, element, Kind::text);
    } else if (counts && value.is_table()) {
      for (const auto& [name, count] : *value.as_table())
        word(option, count, Kind::number, std::string(name.str()));
    } else if (list || counts) {
      mistake(value.source(), "`" + std::string(option.key) + "` must be " + expected(option.kind));
    } else {
      word(option, value, option.kind);
    }
  }

  // One value; within a table of counts it has a name.
  void word(const Option& option, const toml::node& value, Kind kind,
            const std::string& name = "") {
    std::optional<std::string> text;
    if (kind == Kind::text && value.is_string()) text = value.as_string()->get();
    if (kind == Kind::number && value.is_integer())
      text = std::to_string(value.as_integer()->get());
    if (kind == Kind::flag && value.is_boolean())
      text = value.as_boolean()->get() ? "true" : "false";
    std::string path(option.key);
    if (!name.empty()) path += "." + name;
    if (value.is_array() || !text) {
      const bool element = option.kind >= Kind::list && name.empty();
      return mistake(value.source(),
                     (element ? "an element of `" : "`") + path + "` must be " + expected(kind));
    }
    if (text->find('\0') != std::string::npos)
      return mistake(value.source(), "`" + path + "` must not hold a NUL");
    source_.given[&option].push_back(
        {name.empty() ? *text : name + "=" + *text, place(value.source())});
  }

  static std::string expected(Kind kind) {
    switch (kind) {
      case Kind::text: return "a string";
      case Kind::number: return "a whole number";
      case Kind::flag: return "true or false";
      case Kind::list: return "an array of strings";
      case Kind::counts: return "a table of whole numbers";
      case Kind::list_or_counts: return "an array of strings or a table of whole numbers";
    }
    return "something else";
  }

  std::string place(const toml::source_region& at) const {
    return path_ + ":" + std::to_string(at.begin.line);
  }
  void mistake(const toml::source_region& at, const std::string& sentence) {
    mistakes_.emplace(at.begin.line, place(at) + ": " + sentence);
  }

  std::string path_;
  ConfigSource source_;
  std::multimap<toml::source_index, std::string> mistakes_;  // by line
};

}  // namespace

ConfigSource read_config_file(const std::string& path) { return FileReader(path).read(); }

}  // namespace quern
