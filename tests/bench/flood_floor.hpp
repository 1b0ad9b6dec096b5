// SPDX-License-Identifier: Apache-2.0
// The floor of output: a child writes into a pipe, whose other end is forwarded over tcp by ZeroMQ,
// with one copy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quern::bench {

// A program that writes so many bytes, as fast as a program can.
std::vector<std::string> flood_argv(std::uint64_t bytes);

// Megabytes a second. Forks: its forwarder is a process, as the daemon is one. `self` is this
// program.
double flood_floor(const std::string& self, std::uint64_t bytes);

// What the forwarder does, as a program of its own: runs the flood and forwards it to the endpoint.
int forward_flood(const std::string& endpoint, std::uint64_t bytes);

}  // namespace quern::bench
