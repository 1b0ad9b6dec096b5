// SPDX-License-Identifier: Apache-2.0
// A program that the bench has started, and what /proc tells of a process.
//
// Ended and reaped by its owner's destructor. Never: waits without a bound.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace quern::bench {

// A fault of the bench or of what it measures must not look like a slow machine.
inline constexpr std::chrono::seconds patience{60};

class Program {
 public:
  // The descriptors are {number in the child: ours}; 0 is /dev/null when it is not among them.
  Program(const std::vector<std::string>& argv, const std::map<int, int>& descriptors);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  bool lives();
  int wait();  // the exit code; 128 + the signal's number for one that was killed
  void signal(int number);

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

struct Memory {
  std::uint64_t rss = 0;
  std::uint64_t pss = 0;  // pages that others share count for their part
};
Memory memory_of(pid_t pid);
std::uint64_t threads_of(pid_t pid);
std::uint64_t switches_of(
    pid_t pid);  // of all its threads: each time that one woke up and slept again
double cpu_seconds_of(pid_t pid);

// Whether fd becomes readable within the time.
bool readable(int fd, std::chrono::milliseconds within);

}  // namespace quern::bench
