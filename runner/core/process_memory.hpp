// SPDX-License-Identifier: Apache-2.0
// How much the daemon itself takes: memory at this moment, processor time since its start.
#pragma once

#include <chrono>
#include <cstdint>

namespace quern {

std::uint64_t own_memory();  // resident bytes; 0 where /proc does not tell
std::chrono::microseconds own_cpu();

}  // namespace quern
