// SPDX-License-Identifier: Apache-2.0
// What is to be said of a run beside what it has said itself. Pure.
#pragma once

#include "event.hpp"

#include <string>

namespace quern {

// Empty where the program has told of its failure, or where its user has asked for the end.
std::string words_for(const Finished& finished);
std::string words_for(const Gap& gap);

}  // namespace quern
