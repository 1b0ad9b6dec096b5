// SPDX-License-Identifier: Apache-2.0
// What the daemon has done so far, in numbers; `status` tells them.
#pragma once

#include <cstdint>

namespace quern {

struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t rejected = 0;  // requests that were answered with an error
  std::uint64_t runs = 0;
  std::uint64_t finished = 0;
  std::uint64_t contexts_lost = 0;
};

}  // namespace quern
