// SPDX-License-Identifier: Apache-2.0
// What was wrong with a command line, and how it should be: one sentence.
#pragma once

#include "failure.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace quern {

Failure no_such_command(std::string_view word);
// An option stands where the command should.
Failure command_behind(const std::vector<std::string>& words);
Failure no_such_option(const CLI::App& command, const std::string& word);
Failure wrong_use(const CLI::App& command, const CLI::ParseError& wrong);

}  // namespace quern
