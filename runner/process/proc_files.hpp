// SPDX-License-Identifier: Apache-2.0
// What the kernel writes into /proc, read as values. Pure: bytes in, values out, no file is opened
// here.
//
// Total: a text that is not what it should be gives nothing, never a half-filled value.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quern {

// /proc/PID/stat, in the kernel's own units.
struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?';
  std::uint64_t own_ticks = 0;     // user and system
  std::uint64_t waited_ticks = 0;  // of children it has waited for
  std::uint64_t started = 0;       // ticks after boot; with the pid, who it is
  std::uint64_t threads = 0;
  std::uint64_t rss_pages = 0;

  bool dead() const {
    return state == 'Z' || state == 'X' || state == 'x';
  }  // only its status is left
  friend bool operator==(const ProcessStat&, const ProcessStat&) = default;
};

std::optional<ProcessStat> parse_stat(std::string_view text);

// /proc/PID/task/TID/children: pids with blanks between them.
std::vector<pid_t> parse_children(std::string_view text);

// /proc/PID/environ: whether one of its entries is `entry` ("NAME=value") to the letter.
bool environment_has(std::string_view environ, std::string_view entry);

// /proc/PID/status: whether the process has a handler for the signal, by its "SigCgt:" line.
bool status_catches(std::string_view status, int number);

// /proc/PID/smaps_rollup: the bytes of its "Pss:" line.
std::optional<std::uint64_t> parse_pss(std::string_view text);

}  // namespace quern
