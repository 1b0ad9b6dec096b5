// SPDX-License-Identifier: Apache-2.0
//
// Where a thread was when a signal came: in compiled snippets, waiting in the kernel, or within a
// library.
//
// Decides whether a snippet can be left from a signal handler. Leaving malloc or a stream in the
// middle would break it for the snippets to come; leaving the user's own code, or a sleep, breaks
// nothing. Made once, before user code runs; what the user loads later counts as the user's. Asking
// is async-signal-safe.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace quern {

enum class Place { user, waiting, writing, library };

// The address of the instruction that comes next.
std::uintptr_t counter_of(const void* signal_context);

class Places {
 public:
  Places();
  Place of(const void* signal_context) const;

 private:
  bool in_library(std::uintptr_t address) const;

  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> code_;
};

}  // namespace quern
