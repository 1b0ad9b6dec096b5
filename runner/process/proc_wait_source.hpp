// SPDX-License-Identifier: Apache-2.0
// The WaitSource of the machine: /proc, as far as the daemon or the processes' owner may read it.
//
// Where programs run as another user, what is refused to the daemon is read with their rights
// (owners_rights.hpp). Memory comes from /proc/TID/mem rather than by process_vm_readv, which asks
// for real ids, and would have to be the other user for good. Never: stops or traces a thread,
// keeps anything open, throws.
#pragma once

#include "stdin_wait.hpp"

namespace quern {

class ProcWaitSource final : public WaitSource {
 public:
  ProcWaitSource();

  std::vector<pid_t> threads(pid_t process) const override;
  ProcText syscall(pid_t thread) const override;  // ENOSYS: this kernel shows no thread's
  char state(pid_t thread) const override;
  std::string wchan(pid_t thread) const override;
  std::optional<FileId> file(pid_t thread, int descriptor) const override;
  std::string fdinfo(pid_t thread, int descriptor) const override;
  bool memory(pid_t thread, std::uint64_t address, std::span<std::byte> into) const override;

 private:
  const bool shows_calls_;
};

// Empty when programs can be watched for waiting for their stdin, as far as can be told before
// there is one; else a sentence that says what is in the way.
std::string what_stdin_watch_lacks();

// The same of a look that was refused, by its errno.
std::string why_blind(int error);

}  // namespace quern
