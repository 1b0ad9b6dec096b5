// SPDX-License-Identifier: Apache-2.0
//
// Answers complete, inspect and check. Runs no code of the user's.
#pragma once

#include "session.hpp"

namespace quern::questions {

// Whether it is a question; then it is answered but for `done`.
bool answer(Session& session, const Request& request);

}  // namespace quern::questions
