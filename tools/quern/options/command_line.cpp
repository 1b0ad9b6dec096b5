// SPDX-License-Identifier: Apache-2.0
#include "command_table.hpp"
#include "definition.hpp"
#include "help_texts.hpp"
#include "wrapped.hpp"
#include "wrong_use.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace quern {
namespace {

using Words = std::vector<std::string>;

void print_help() {
  std::cout << "quern runs code with quernd.\nUsage: quern COMMAND [OPTIONS]\n";
  constexpr std::size_t column = 12;
  for (const CommandGroup& group : command_groups()) {
    std::cout << "\n" << group.title << ":\n";
    for (const CommandEntry& command : group.commands) {
      std::string name = command.name;
      name.resize(std::max(column, name.size() + 1), ' ');
      std::cout << "  " << name << command.what << "\n";
    }
  }
  std::cout << wrapped("\n" + std::string(where_daemons_are) + "\n\n" + exit_codes_of_runs() +
                           "\n\nExample: quern run -l python -c 'print(6 * 7)'\nMore on each: "
                           "quern COMMAND --help\n",
                       help_columns);
}

void take_variable(const char* name, std::string& option) {
  if (const char* said = std::getenv(name); option.empty() && said) option = said;
}

void cut_off(Words& words, Words& behind) {
  const auto mark = std::find(words.begin(), words.end(), "--");
  if (mark == words.end()) return;
  behind.assign(mark + 1, words.end());
  words.erase(mark, words.end());
}

// What stands behind FILE (or behind -c) and is no option: the first of the program's arguments.
void take_surplus(RunOptions& run, const CLI::App& command) {
  Words surplus = command.remaining();
  if (run.code && !run.file.empty()) surplus.insert(surplus.begin(), std::exchange(run.file, ""));
  for (const std::string& word : surplus)
    if (word.starts_with('-') && word.size() > 1) throw no_such_option(command, word);
  run.args.insert(run.args.begin(), surplus.begin(), surplus.end());
}

// `quern help`, `quern help run`: what newcomers type.
void heed_cry_for_help(Words& words) {
  if (words.front() != "help") return;
  words.erase(words.begin());
  if (words.size() == 1) words.push_back("--help");
}

}  // namespace

std::optional<Invocation> read_command_line(Words words) {
  if (!words.empty()) heed_cry_for_help(words);
  if (words.empty() || words.front() == "-h" || words.front() == "--help") {
    print_help();
    return std::nullopt;
  }
  if (words.front() == "--version") {
    std::cout << "quern " QUERN_VERSION "\n";
    return std::nullopt;
  }
  if (words.front().starts_with('-')) throw command_behind(words);
  const CommandEntry* entry = find_command(words.front());
  if (!entry) throw no_such_command(words.front());
  words.erase(words.begin());

  Common common;
  Definition definition(entry->name, entry->what, common);
  entry->define(definition);
  if (Words* behind = definition.handed_on()) cut_off(words, *behind);
  std::reverse(words.begin(), words.end());
  try {
    definition.app.parse(words);
  } catch (const CLI::Success& wanted) {
    definition.app.exit(wanted);
    return std::nullopt;
  } catch (const CLI::ParseError& wrong) {
    throw wrong_use(definition.app, wrong);
  }
  take_variable("QUERN_ENDPOINT", common.endpoint);
  take_variable("QUERN_SERVER_KEY", common.server_key);
  take_variable("QUERN_SECRET_KEY", common.secret_key);
  Invocation invocation{common, definition.chosen()};
  if (auto* run = std::get_if<RunOptions>(&invocation.command)) take_surplus(*run, definition.app);
  return invocation;
}

}  // namespace quern
