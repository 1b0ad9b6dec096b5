// SPDX-License-Identifier: Apache-2.0
// The table of what a run's ending is called, by how its program ended and who wanted it to.
#include "conclusion.hpp"

#include "event_text.hpp"

#include <csignal>

using namespace quern;

namespace {

ExitStatus code(int number) {
  return {number, std::nullopt, std::chrono::microseconds{2500}, 4096};
}
ExitStatus death(int number) { return {std::nullopt, number, std::chrono::microseconds{0}, 0}; }
ExitStatus nothing() { return {std::nullopt, std::nullopt, std::chrono::microseconds{0}, 0}; }

EndRequest wanted(EndReason reason) { return {reason, "Because.", milliseconds{0}}; }

}  // namespace

TEST_CASE("a program that ended by itself is called by its exit") {
  struct Row {
    ExitStatus exit;
    FinishedStatus status;
    std::string cause;
  };
  const std::vector<Row> rows{
      {code(0), FinishedStatus::ok, "It ended by itself."},
      {code(1), FinishedStatus::error, "It exited with code 1."},
      {code(255), FinishedStatus::error, "It exited with code 255."},
      {death(SIGSEGV), FinishedStatus::crashed, "It died of signal 11 (SEGV)."},
      {death(SIGKILL), FinishedStatus::crashed, "It died of signal 9 (KILL)."},
      {death(SIGRTMIN + 6), FinishedStatus::crashed, "It died of signal 40 (RTMIN+6)."},
      {death(SIGRTMAX), FinishedStatus::crashed, "It died of signal 64 (RTMIN+30)."},
  };
  for (const Row& row : rows) {
    INFO(row.cause);
    Finished finished = conclude(row.exit, std::nullopt);
    CHECK(finished.status == row.status);
    CHECK(finished.cause == row.cause);
    CHECK(finished.exit == row.exit.code);
    CHECK(finished.signal == row.exit.signal);
    CHECK_FALSE(finished.open);
  }
}

TEST_CASE("a program that was made to end is called by the reason, however it ended") {
  const std::vector<std::pair<EndReason, FinishedStatus>> reasons{
      {EndReason::interrupted, FinishedStatus::interrupted},
      {EndReason::timeout, FinishedStatus::timeout},
      {EndReason::memory, FinishedStatus::memory},
      {EndReason::processes, FinishedStatus::killed},
      {EndReason::output_limit, FinishedStatus::output_limit},
      {EndReason::killed, FinishedStatus::killed},
      {EndReason::aborted, FinishedStatus::aborted}};
  for (const auto& [reason, status] : reasons) {
    CHECK(status_of(reason) == status);
    for (const ExitStatus& exit : {code(0), code(130), death(SIGINT), death(SIGKILL), nothing()}) {
      Finished finished = conclude(exit, wanted(reason));
      CHECK(finished.status == status);
      CHECK(finished.cause == "Because.");
      CHECK(finished.exit == exit.code);
      CHECK(finished.signal == exit.signal);
    }
  }
}

TEST_CASE("what the program used is told in the protocol's units") {
  Finished finished = conclude(code(0), std::nullopt);
  CHECK(finished.usage == Usage{milliseconds{0}, milliseconds{2}, 4096});
}

TEST_CASE("a run that never started is aborted, whoever wanted it") {
  for (EndReason reason : {EndReason::interrupted, EndReason::killed, EndReason::aborted}) {
    Finished expected;
    expected.status = FinishedStatus::aborted;
    expected.cause = "Because.";
    CHECK(never_started(wanted(reason)) == expected);
  }
}

TEST_CASE("forks that the kernel refused are told, with the limit and the mechanism") {
  CHECK(told_of_refusals(0, 10).empty());
  CHECK(told_of_refusals(3, std::nullopt).empty());
  CHECK(told_of_refusals(1, 10) ==
        " A fork failed once at its limit of 10 (processes, by cgroup).");
  CHECK(told_of_refusals(3, 10) ==
        " A fork failed 3 times at its limit of 10 (processes, by cgroup).");
}
