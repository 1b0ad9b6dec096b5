// SPDX-License-Identifier: Apache-2.0
#include "command_table.hpp"

namespace quern {

std::vector<CommandGroup> command_groups() {
  return {{"Run code", commands_that_run()},
          {"Runs", commands_about_runs()},
          {"The daemon", commands_about_the_daemon()},
          {"Contexts and code", commands_about_contexts()},
          {"Files where the programs run", commands_for_files()},
          {"Setting up", commands_apart()}};
}

const CommandEntry* find_command(std::string_view name) {
  for (const CommandGroup& group : command_groups())
    for (const CommandEntry& command : group.commands)
      if (command.name == name) return &command;
  return nullptr;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const CommandGroup& group : command_groups())
    for (const CommandEntry& command : group.commands) names.emplace_back(command.name);
  return names;
}

}  // namespace quern
