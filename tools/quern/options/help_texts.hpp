// SPDX-License-Identifier: Apache-2.0
// Paragraphs that stand in the help of several commands.
#pragma once

#include "exit_code.hpp"

#include <string>

namespace quern {

inline constexpr const char* where_daemons_are =
    "Where: --endpoint URL or QUERN_ENDPOINT; else tcp://127.0.0.1:7837, or "
    "ipc:///run/quern/quern.sock for a quern in /opt/quern/bin. Where nobody listens "
    "there, run, tty, repl, langs and bench start a private daemon for as long as they last, with "
    "the current folder as its work dir.";

inline constexpr const char* escape_in_words =
    "The key that leaves a terminal when d follows, as ^\\ or ^]; twice it is itself; none";

// Of a command that ends as a run does.
inline std::string exit_codes_of_runs() { return exit_codes_in_words; }

}  // namespace quern
