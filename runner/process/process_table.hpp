// SPDX-License-Identifier: Apache-2.0
// Which processes there are, and what /proc says about one of them.
//
// Free functions over /proc, each a look at one moment: by the time it returns, any process may
// have ended, which all of them take for an ordinary answer. Never: signals, waits, keeps anything
// open.
#pragma once

#include "proc_files.hpp"
#include "unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

// Every process that can be seen, the dead but unreaped too. `vanished`: how many ended during the
// look, so that a child born of one of them may have escaped it.
struct ProcessTable {
  std::vector<ProcessStat> processes;  // by pid
  std::size_t vanished = 0;
};
ProcessTable read_process_table();

// These processes and everything below them, where the kernel has /proc/PID/task/TID/children:
// quick on a machine that has many others. Who is born or loses his parent meanwhile may be
// missing.
ProcessTable read_processes_below(const std::vector<pid_t>& tops);

std::optional<ProcessStat> read_stat(pid_t pid);

// The daemon's own children, all threads' together. Nothing where the kernel was built without
// /proc/PID/task/TID/children; then read_process_table() must answer.
std::optional<std::vector<pid_t>> read_own_children();

// Whether the program that the process executes (or was forked from) was started with this entry.
bool started_with(pid_t pid, std::string_view environment_entry);

// What the process executes, as a value that an exec changes. Empty when it is gone.
std::string image_of(pid_t pid);

// Whether it has a handler for the signal.
bool catches(pid_t pid, int number);

// What a descriptor is, if it is something that can prove a kinship: "pipe:[7]", "socket:[7]",
// "/dev/pts/7". Empty for files and devices, which strangers may have open as well.
std::string kinship_of(int own_descriptor);
bool holds_one_of(pid_t pid, const std::vector<std::string>& kinships);

std::uint64_t resident_bytes(const ProcessStat& process);
std::uint64_t proportional_bytes(
    const ProcessStat& process);  // dear; resident if it may not be read
std::chrono::microseconds cpu_of(
    const ProcessStat& process);  // exact while it lives, else by ticks
std::chrono::microseconds cpu_waited_of(
    const ProcessStat& process);  // of its reaped children, by ticks

// A pidfd of exactly this process, not of a later one with the same number. Empty when it is gone.
UniqueFd open_process(const ProcessStat& process);

}  // namespace quern
