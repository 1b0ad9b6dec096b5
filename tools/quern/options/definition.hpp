// SPDX-License-Identifier: Apache-2.0
// How one command is defined: its options and where their values go, and what its help says.
//
// Made for the command that was named and for no other, so that quern starts quickly however many
// there are.
#pragma once

#include "options.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

// What a command's help says beside its options.
struct HelpWords {
  std::string more;        // paragraphs of its own; may be empty
  std::string exit_codes;  // its own ones, before those that all share
  std::string json;        // what stands on a line of --json
  std::vector<std::string> examples;
};

class Definition {
 public:
  Definition(const char* name, const char* what, Common& common);

  // Where the values go, for as long as the definition lives.
  template <class Options>
  Options& takes(Options initial = {}) {
    auto values = std::make_shared<Options>(std::move(initial));
    chosen_ = [values] { return *values; };
    return *values;
  }
  void reaches_a_daemon();
  void says(const HelpWords& words);
  void says_in_full(const std::string& text);

  // What several commands have in common.
  void names_run(std::string& run);
  void names_context(std::string& lang, std::string& ctx);
  void takes_surroundings(std::vector<std::string>& limits, std::vector<std::string>& env,
                          std::string& cwd);

  // What stands behind a -- goes there, whatever it looks like: it is a program's.
  void hands_on(std::vector<std::string>& words) { handed_on_ = &words; }
  std::vector<std::string>* handed_on() const { return handed_on_; }

  auto chosen() const { return chosen_(); }

  CLI::App app;

 private:
  Common& common_;
  std::vector<std::string>* handed_on_ = nullptr;
  std::function<decltype(Invocation::command)()> chosen_;
};

}  // namespace quern
