// SPDX-License-Identifier: Apache-2.0
// Whether a thread waits for bytes of a certain pipe. Pure: decides over what a WaitSource shows.
//
// A thread waits when it sleeps in a call that such bytes would end: a read of the pipe, or a poll,
// select or epoll that has it among what is to be read. The pipe is known by its device and inode,
// whatever number a descriptor of it has. Who only listens (poll, select, epoll) may be a loop of
// events that does something else meanwhile; one look cannot tell.
#pragma once

#include "sleeping_call.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

struct FileId {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const FileId&, const FileId&) = default;
};

// A text out of /proc, or the errno there.
struct ProcText {
  std::string text;
  int error = 0;
};

// What the kernel tells of a thread at this moment. What it will not tell, or cannot because the
// thread has ended, is nothing, zero or empty.
class WaitSource {
 public:
  WaitSource() = default;
  WaitSource(const WaitSource&) = delete;
  WaitSource& operator=(const WaitSource&) = delete;
  virtual ~WaitSource() = default;

  virtual std::vector<pid_t> threads(pid_t process) const = 0;
  virtual ProcText syscall(pid_t thread) const = 0;
  virtual char state(pid_t thread) const = 0;         // as in stat; '?': unknown
  virtual std::string wchan(pid_t thread) const = 0;  // the kernel's function it sleeps in
  virtual std::optional<FileId> file(pid_t thread, int descriptor) const = 0;
  virtual std::string fdinfo(pid_t thread, int descriptor) const = 0;
  virtual bool memory(pid_t thread, std::uint64_t address, std::span<std::byte> into) const = 0;
};

struct StdinWait {
  pid_t thread = 0;
  long call = -1;
  bool listens = false;

  friend bool operator==(const StdinWait&, const StdinWait&) = default;
};

// What one look at some processes has shown.
struct StdinLook {
  std::optional<StdinWait> wait;  // of one that reads rather than of one that listens
  std::size_t seen = 0;           // threads that could be looked into
  int refused = 0;                // errno of one that could not although it lives; 0: none

  bool blind() const { return seen == 0 && refused != 0; }
};

StdinLook look_for_wait(const WaitSource& source, std::span<const pid_t> processes,
                        const FileId& pipe, Machine machine = this_machine);

// Whether an epoll's fdinfo has the pipe among what is to be read.
bool epoll_reads(std::string_view fdinfo, const FileId& pipe);

}  // namespace quern
