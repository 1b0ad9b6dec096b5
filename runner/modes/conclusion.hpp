// SPDX-License-Identifier: Apache-2.0
// From how a program ended, and who wanted it to, to the words of `finished`. Pure.
#pragma once

#include "event.hpp"
#include "execution.hpp"
#include "exit_status.hpp"

#include <optional>
#include <string>

namespace quern {

// The status that a reason to end stands for.
FinishedStatus status_of(EndReason reason);

// For a program that ran: by its exit, or by the reason it was made to end for.
Finished conclude(const ExitStatus& exit, const std::optional<EndRequest>& ended);

// What is added to the cause of one whose forks the kernel refused. Nothing when there were none.
std::string told_of_refusals(std::uint64_t refused, const std::optional<std::uint64_t>& limit);

// For one that could not be carried out, and with what its end is told.
struct Failure {
  ErrorRaised error;
  Finished finished;
};
Failure failed_to_run(std::string name, std::string message, std::optional<int> exit);

// For one that never did.
Finished never_started(const EndRequest& ended);

}  // namespace quern
