// SPDX-License-Identifier: Apache-2.0
// What no client may take away: the work dir, `/`, and every directory in between.
#pragma once

#include "file_path.hpp"

namespace quern {

// What stands there, unless it must stay. Blocking: for the file thread.
Result<struct stat> may_take(const Spot& spot, std::string_view doing, const std::string& path,
                             const std::string& work_dir);

}  // namespace quern
