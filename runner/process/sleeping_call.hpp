// SPDX-License-Identifier: Apache-2.0
// The system call that a thread sleeps in, as /proc/PID/task/TID/syscall tells it. Pure.
//
// Only the calls by which a program can wait for bytes of a pipe have a kind; every other is
// `other`. Numbers are those of 64-bit programs: a 32-bit program's mean something else, and none
// of them looks like a wait. An io_uring's reads are nobody's system call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quern {

enum class Machine { x86_64, aarch64 };
#if defined(__x86_64__)
inline constexpr Machine this_machine = Machine::x86_64;
#elif defined(__aarch64__)
inline constexpr Machine this_machine = Machine::aarch64;
#else
#error "Which system calls wait for a pipe is written down for x86_64 and aarch64 only."
#endif

enum class CallKind {
  read_first,   // from the descriptor that is its first argument
  read_second,  // from that of its second
  poll,         // an array of pollfd and its size
  select,       // how many descriptors, and the set to be read
  epoll,        // an epoll's descriptor
  restart,      // of a call that a stop broke off: the arguments are that call's
  other,
};

CallKind kind_of_call(Machine machine, long number);

struct SleepingCall {
  long number = -1;
  std::array<std::uint64_t, 6> arguments{};

  friend bool operator==(const SleepingCall&, const SleepingCall&) = default;
};

// Nothing when the thread runs, or sleeps for another reason than a call of its own (a page).
std::optional<SleepingCall> parse_sleeping_call(std::string_view text);

}  // namespace quern
