// SPDX-License-Identifier: Apache-2.0
// Asks the terminal, once, what it can show, and waits a moment for its answer.
//
// One that answers nothing costs that moment; one that answers later has its answer swallowed by
// the prompt's KeyDecoder.
#pragma once

#include "look.hpp"
#include "writer.hpp"

#include <string>

namespace quern {

// Gives what was typed meanwhile.
std::string ask_terminal(Look& look, Writer& writer);

}  // namespace quern
