// SPDX-License-Identifier: Apache-2.0
// How a set of processes is brought to its end while it may still be growing.
//
// In rounds: everyone is stopped until a look finds all of them stopped and nobody new (who is
// stopped does not fork, and stays in his group), everyone is killed, everyone's death is awaited.
// Rounds go on until nobody is left, or the bound is reached, which takes a process that the kernel
// itself cannot end. Never: reaps, knows whose the processes are.
#pragma once

#include "process_table.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace quern {

using Listing = std::function<std::vector<ProcessStat>()>;  // who lives at this moment

// To exactly this process. False when it is gone.
bool signal_process(const ProcessStat& process, int number);

// One round without the waiting: who was stopped and killed.
std::vector<ProcessStat> kill_all(const Listing& listing);

// Until it has ended (true), reaped or not, or until the deadline (false).
boost::asio::awaitable<bool> await_end(ProcessStat process,
                                       std::chrono::steady_clock::time_point deadline);

// True when nobody is left. The first must not be cancelled from outside: disable that before.
boost::asio::awaitable<bool> end_processes(Listing listing, std::chrono::milliseconds bound);
bool end_processes_blocking(const Listing& listing, std::chrono::milliseconds bound);

}  // namespace quern
