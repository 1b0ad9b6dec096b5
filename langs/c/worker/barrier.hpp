// SPDX-License-Identifier: Apache-2.0
//
// Catches a thread at the very moment it comes back from a library into the code of a snippet.
//
// While it is closed no compiled code of a snippet can be executed: whoever returns to it, or is
// called there, faults at its first instruction, and at that moment the library has nothing half
// done. So an interrupt need not wait until it happens to fall between two calls.
//
// The pages of code are noted while nothing runs; all else is async-signal-safe. Closing holds for
// all threads: the others stand still at the fault until it is open again.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <memory>

namespace llvm::orc {
class LLJIT;
}

namespace quern {

struct CodePages {
  std::uintptr_t begin, end;
};

class Barrier {
 public:
  Barrier();

  // From now on notes the code that this engine makes.
  void watch(llvm::orc::LLJIT& engine);
  void add(CodePages pages);
  // They may be something else's soon, and so nothing can be closed any more but what comes.
  void forget_all() { count_ = 0; }

  void close();
  void open();
  // True when the fault is that of a thread at the barrier.
  bool stopped(const siginfo_t* fault, std::uintptr_t counter) const;

 private:
  void protect(int how);

  // Never moved, for the handlers of other threads read it; memory that is not used yet costs
  // nothing.
  std::unique_ptr<CodePages[]> all_;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace quern
