// SPDX-License-Identifier: Apache-2.0
// A name moved to another place: of a link the link itself. Blocking: for the file thread.
#pragma once

#include "error.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <string>

namespace quern {

// Replaces a file of that name, never a directory. Paths are absolute.
Result<Ok> move_file(const Move& op, const std::string& work_dir);

}  // namespace quern
