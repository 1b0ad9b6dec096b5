// SPDX-License-Identifier: Apache-2.0
// The flags, as CLI11 reads them.
#pragma once

#include "config_source.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // What ends it here: a question for help or the version, or a mistake.
  std::optional<Leave> parse(int argc, char** argv);

  Task task() const;
  const std::string& file() const { return file_; }  // of --config; may be empty
  ConfigSource source() const;

 private:
  void add(const Option& option);
  std::string sentence_of(const CLI::ParseError& error) const;

  CLI::App app_;
  CLI::App* healthcheck_ = nullptr;
  std::string file_;
  std::map<const Option*, std::vector<std::string>> words_;
  std::map<const Option*, bool> flags_;
  bool check_ = false;
  bool version_ = false;
};

}  // namespace quern
