// SPDX-License-Identifier: Apache-2.0
#include "ending_words.hpp"

#include <string_view>

namespace quern {
namespace {

std::string_view words_for_status(FinishedStatus status) {
  switch (status) {
    case FinishedStatus::ok: return "it ended well";
    case FinishedStatus::error: return "it failed";
    case FinishedStatus::build_failed: return "the build failed";
    case FinishedStatus::interrupted: return "it was interrupted";
    case FinishedStatus::timeout: return "it was stopped at its time limit";
    case FinishedStatus::memory: return "it was stopped at its memory limit";
    case FinishedStatus::output_limit: return "it was stopped at its output limit";
    case FinishedStatus::aborted: return "it was never started";
    case FinishedStatus::crashed: return "it crashed";
    case FinishedStatus::killed: return "it was killed";
  }
  return "it ended";
}

// Failures that the program itself has told about, or that the user has asked for.
bool speaks_for_itself(FinishedStatus status) {
  return status == FinishedStatus::ok || status == FinishedStatus::error ||
         status == FinishedStatus::interrupted || status == FinishedStatus::build_failed;
}

}  // namespace

std::string words_for(const Finished& finished) {
  if (speaks_for_itself(finished.status)) return {};
  return std::string(words_for_status(finished.status)) +
         (finished.cause.empty() ? "." : ": " + finished.cause);
}

std::string words_for(const Gap& gap) {
  return "events " + std::to_string(gap.from) + " to " + std::to_string(gap.to) + " (" +
         std::to_string(gap.bytes) + " bytes) are not kept any more and are missing here.";
}

}  // namespace quern
