// SPDX-License-Identifier: Apache-2.0
// Every cap of the protocol, each with its reason. Nothing grows without one of these.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace quern {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

// A head is a small map; code and files travel in the body. 1 MiB leaves room for long argv and
// env.
inline constexpr std::size_t max_head = 1 * mib;
// One request's code and files. Larger inputs go through `put` in pieces.
inline constexpr std::size_t max_body = 64 * mib;
// ZeroMQ closes a connection whose frame exceeds this: such a peer does not speak the protocol.
inline constexpr std::size_t max_frame = 2 * max_body;
// One output event: large enough to amortise the head, small enough to interleave runs fairly.
inline constexpr std::size_t max_output_body = 256 * kib;
// A request id, and so a run's name.
inline constexpr std::size_t max_id = 64;
// A run's `meta`. It is given back in `accepted`, whose head must stay under max_head too.
inline constexpr std::size_t max_meta = 64 * kib;
// Heads nest one map or array in another; nothing in the protocol needs more than 5. Meta may.
inline constexpr std::size_t max_depth = 32;
// Elements of one array or map in a head: bounds what a few hostile bytes can make us allocate.
inline constexpr std::size_t max_elements = 16 * kib;
// Entries of one `list`: they stay under max_elements, and a page under max_head.
inline constexpr std::uint64_t max_listed = 10'000;
// Requests of one connection that wait for its own file op: room for a few whole bodies.
inline constexpr std::size_t max_waiting = 256 * mib;

// How far a client may lag: unacknowledged bytes of events in flight to one attachment.
inline constexpr std::uint64_t min_window = 64 * kib;
inline constexpr std::uint64_t default_window = 4 * mib;
inline constexpr std::uint64_t max_window = 64 * mib;

inline constexpr std::chrono::milliseconds default_grace{2000};
inline constexpr std::chrono::milliseconds default_keep{std::chrono::hours{1}};
// A client pings every 5 s; a connection that is silent for this long is detached from its runs.
inline constexpr std::chrono::seconds silent_connection{120};

// What the daemon allows in all. Its command line may change them; `hello` tells them.
struct DaemonLimits {
  std::uint64_t body = max_body;
  std::uint64_t input = 64 * mib;            // unread input of one run
  std::uint64_t runs = 64;                   // runs executing at once; more wait in the queue
  std::uint64_t queue = 10'000;              // runs waiting; more are refused
  std::uint64_t contexts = 1'000;            // interpreters alive at once
  std::uint64_t journal = 256 * mib;         // events of one run on disk
  std::uint64_t journal_total = 4096 * mib;  // events of all runs on disk
  std::uint64_t finished = 1'000;  // finished runs kept whose events were all acknowledged

  friend bool operator==(const DaemonLimits&, const DaemonLimits&) = default;
};

}  // namespace quern
