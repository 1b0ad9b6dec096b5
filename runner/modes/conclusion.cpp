// SPDX-License-Identifier: Apache-2.0
#include "conclusion.hpp"

#include <string>

namespace quern {

namespace {

std::string words(const ExitStatus& exit) {
  if (exit.signal) {
    return "It died of signal " + std::to_string(*exit.signal) + " (" + signal_name(*exit.signal) +
           ").";
  }
  if (exit.code == 0) return "It ended by itself.";
  return "It exited with code " + std::to_string(exit.code.value_or(0)) + ".";
}

}  // namespace

FinishedStatus status_of(EndReason reason) {
  switch (reason) {
    case EndReason::interrupted: return FinishedStatus::interrupted;
    case EndReason::timeout: return FinishedStatus::timeout;
    case EndReason::memory: return FinishedStatus::memory;
    case EndReason::output_limit: return FinishedStatus::output_limit;
    case EndReason::processes:  // the protocol has no status of its own for it
    case EndReason::killed: return FinishedStatus::killed;
    case EndReason::aborted: return FinishedStatus::aborted;
  }
  return FinishedStatus::killed;
}

Finished conclude(const ExitStatus& exit, const std::optional<EndRequest>& ended) {
  Finished finished;
  finished.exit = exit.code;
  finished.signal = exit.signal;
  finished.usage.cpu = std::chrono::duration_cast<milliseconds>(exit.cpu);
  finished.usage.max_rss = exit.max_rss;
  if (ended) {
    finished.status = status_of(ended->reason);
    finished.cause = ended->cause;
  } else {
    finished.status = exit.success() ? FinishedStatus::ok : FinishedStatus::error;
    if (exit.signal) finished.status = FinishedStatus::crashed;
    finished.cause = words(exit);
  }
  return finished;
}

std::string told_of_refusals(std::uint64_t refused, const std::optional<std::uint64_t>& limit) {
  if (refused == 0 || !limit) return {};
  const std::string often = refused == 1 ? "once" : std::to_string(refused) + " times";
  return " A fork failed " + often + " at its limit of " + std::to_string(*limit) +
         " (processes, by cgroup).";
}

Failure failed_to_run(std::string name, std::string message, std::optional<int> exit) {
  Failure failure;
  failure.finished.status = FinishedStatus::error;
  failure.finished.cause = message;
  failure.finished.exit = exit;
  failure.finished.error = ErrorSummary{name, message};
  failure.error.name = std::move(name);
  failure.error.message = std::move(message);
  return failure;
}

Finished never_started(const EndRequest& ended) {
  Finished finished;
  finished.status = FinishedStatus::aborted;
  finished.cause = ended.cause;
  return finished;
}

}  // namespace quern
