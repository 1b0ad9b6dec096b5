// SPDX-License-Identifier: Apache-2.0
#include "sleeping_call.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <charconv>

namespace quern {
namespace {

struct Row {
  CallKind kind;
  long x86_64;  // -1: not on this machine
  long aarch64;
};

constexpr Row rows[] = {
    {CallKind::read_first, 0, 63},     // read
    {CallKind::read_first, 19, 65},    // readv
    {CallKind::read_first, 327, 286},  // preadv2, which takes -1 for "where it stands"
    {CallKind::read_first, 275, 76},   // splice
    {CallKind::read_first, 276, 77},   // tee
    {CallKind::read_second, 40, 71},   // sendfile
    {CallKind::poll, 7, -1},           // poll
    {CallKind::poll, 271, 73},         // ppoll
    {CallKind::select, 23, -1},        // select
    {CallKind::select, 270, 72},       // pselect6
    {CallKind::epoll, 232, -1},        // epoll_wait
    {CallKind::epoll, 281, 22},        // epoll_pwait
    {CallKind::epoll, 441, 441},       // epoll_pwait2
    {CallKind::restart, 219, 128},     // restart_syscall
};

constexpr CallKind look_up(Machine machine, long number) {
  if (number < 0) return CallKind::other;
  for (const Row& row : rows)
    if ((machine == Machine::x86_64 ? row.x86_64 : row.aarch64) == number) return row.kind;
  return CallKind::other;
}

// The headers of the machine that this is compiled for agree.
static_assert(look_up(this_machine, SYS_read) == CallKind::read_first);
static_assert(look_up(this_machine, SYS_readv) == CallKind::read_first);
static_assert(look_up(this_machine, SYS_preadv2) == CallKind::read_first);
static_assert(look_up(this_machine, SYS_splice) == CallKind::read_first);
static_assert(look_up(this_machine, SYS_tee) == CallKind::read_first);
static_assert(look_up(this_machine, SYS_sendfile) == CallKind::read_second);
static_assert(look_up(this_machine, SYS_ppoll) == CallKind::poll);
static_assert(look_up(this_machine, SYS_pselect6) == CallKind::select);
static_assert(look_up(this_machine, SYS_epoll_pwait) == CallKind::epoll);
static_assert(look_up(this_machine, SYS_epoll_pwait2) == CallKind::epoll);
static_assert(look_up(this_machine, SYS_restart_syscall) == CallKind::restart);
#if defined(__x86_64__)
static_assert(look_up(this_machine, SYS_poll) == CallKind::poll);
static_assert(look_up(this_machine, SYS_select) == CallKind::select);
static_assert(look_up(this_machine, SYS_epoll_wait) == CallKind::epoll);
#endif

}  // namespace

CallKind kind_of_call(Machine machine, long number) { return look_up(machine, number); }

std::optional<SleepingCall> parse_sleeping_call(std::string_view text) {
  // "NUMBER 0x1 0x2 0x3 0x4 0x5 0x6 0xSP 0xPC", "running", or "-1 0xSP 0xPC" outside of any call.
  SleepingCall call;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  auto [next, error] = std::from_chars(begin, end, call.number);
  if (error != std::errc{} || call.number < 0) return std::nullopt;
  for (std::uint64_t& argument : call.arguments) {
    if (end - next < 4 || std::string_view(next, 3) != " 0x") return std::nullopt;
    const auto [after, wrong] = std::from_chars(next + 3, end, argument, 16);
    if (wrong != std::errc{}) return std::nullopt;
    next = after;
  }
  return call;
}

}  // namespace quern
