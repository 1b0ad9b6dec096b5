// SPDX-License-Identifier: Apache-2.0
// How much memory the daemon itself has in use.
#pragma once

#include <cstdint>

namespace quern {

std::uint64_t own_memory();  // resident bytes; 0 where /proc does not tell

}  // namespace quern
