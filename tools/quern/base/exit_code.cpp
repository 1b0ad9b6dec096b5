// SPDX-License-Identifier: Apache-2.0
#include "exit_code.hpp"

#include <csignal>

namespace quern {

int exit_code(const Finished& finished) {
  const int failed = finished.exit.value_or(0) != 0 ? *finished.exit : 1;
  switch (finished.status) {
    case FinishedStatus::ok: return finished.exit.value_or(0);
    case FinishedStatus::error:
      return finished.signal ? exit_code_of_signal(*finished.signal) : failed;
    case FinishedStatus::build_failed: return failed;
    case FinishedStatus::interrupted: return exit_code_of_signal(SIGINT);
    case FinishedStatus::timeout: return 124;
    case FinishedStatus::aborted: return 126;
    case FinishedStatus::memory:
    case FinishedStatus::output_limit: return exit_code_of_signal(SIGKILL);
    case FinishedStatus::crashed:
      return finished.signal ? exit_code_of_signal(*finished.signal) : failed;
    case FinishedStatus::killed: return exit_code_of_signal(finished.signal.value_or(SIGKILL));
  }
  return 1;
}

}  // namespace quern
