// SPDX-License-Identifier: Apache-2.0
// From a manifest and what lies in the work dir to the argv of a step. Pure: no disk, no process.
#pragma once

#include "manifest.hpp"

#include <string>
#include <vector>

namespace quern {

// The files that the rules may look at: paths relative to the work dir, folders ending in a slash.
using Listing = std::vector<std::string>;

// What a step is carried out by.
struct StepCommand {
  Argv argv;
  Argv builder;  // by the rule that was taken: a worker that may build instead; empty: none
  friend bool operator==(const StepCommand&, const StepCommand&) = default;
};

// Of a step. A string is for /bin/sh. A heuristic takes the first rule that applies; none
// applying is an Error for exec (which says what was looked for), and an empty argv for build and
// clean (nothing to do). Skip is an empty argv.
enum class StepKind { build, exec, clean };
Result<StepCommand> step_command(const Manifest* manifest, StepKind kind, const Step& step,
                                 const Listing& listing, const std::string& main_file,
                                 const Argv& arguments);

// The query worker's argv with {dir} filled in; the version's and the terminal's likewise.
Argv worker_argv(const Manifest& manifest);
Argv version_argv(const Manifest& manifest);
Argv terminal_argv(const Manifest& manifest, const Argv& arguments);

}  // namespace quern
