// SPDX-License-Identifier: Apache-2.0
// All that quern can be told to do, in groups as the help shows them: one table, which names every
// command once.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace quern {

class Definition;

struct CommandEntry {
  const char* name;
  const char* what;
  void (*define)(Definition&);
};
struct CommandGroup {
  const char* title;
  std::span<const CommandEntry> commands;
};

std::span<const CommandEntry> commands_that_run();
std::span<const CommandEntry> commands_about_runs();
std::span<const CommandEntry> commands_about_the_daemon();
std::span<const CommandEntry> commands_about_contexts();
std::span<const CommandEntry> commands_for_files();
std::span<const CommandEntry> commands_apart();

std::vector<CommandGroup> command_groups();
const CommandEntry* find_command(std::string_view name);  // nullptr: there is none
std::vector<std::string_view> command_names();

}  // namespace quern
