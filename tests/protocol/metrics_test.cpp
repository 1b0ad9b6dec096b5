// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <catch2/catch.hpp>

namespace quern {
namespace {

StatusReply status(std::map<std::string, std::uint64_t> counters) {
  StatusReply reply;
  reply.uptime = milliseconds(1500);
  reply.rss = 4096;
  reply.counters = std::move(counters);
  return reply;
}

TEST_CASE("metrics: numbers that grow are counters, the others gauges") {
  CHECK(prometheus_text(status({{"requests", 3}, {"running", 2}}), "1.2") ==
        "# HELP quern_info The daemon that answered.\n"
        "# TYPE quern_info gauge\n"
        "quern_info{version=\"1.2\"} 1\n"
        "# HELP quern_requests_total Requests, whatever was answered.\n"
        "# TYPE quern_requests_total counter\n"
        "quern_requests_total 3\n"
        "# HELP quern_running Runs executing now.\n"
        "# TYPE quern_running gauge\n"
        "quern_running 2\n"
        "# HELP quern_uptime_ms Milliseconds since the daemon began.\n"
        "# TYPE quern_uptime_ms gauge\n"
        "quern_uptime_ms 1500\n"
        "# HELP quern_rss Resident bytes of the daemon itself.\n"
        "# TYPE quern_rss gauge\n"
        "quern_rss 4096\n");
}

TEST_CASE("metrics: what is counted by kind has a label and no sum of its own") {
  const std::string text =
      prometheus_text(status({{"runs", 3}, {"runs.batch", 1}, {"runs.query", 2}}), "1");
  CHECK(text.find("# TYPE quern_runs_total counter\n"
                  "quern_runs_total{mode=\"batch\"} 1\n"
                  "quern_runs_total{mode=\"query\"} 2\n"
                  "# HELP") != std::string::npos);
}

TEST_CASE("metrics: a counter that nobody here knows is printed all the same") {
  const std::string text = prometheus_text(status({{"new-thing", 7}}), "1");
  CHECK(text.ends_with("# TYPE quern_new_thing untyped\nquern_new_thing 7\n"));
}

TEST_CASE("metrics: a label's value is quoted") {
  const std::string text = prometheus_text(status({{"finished.a\"b\\c\nd", 1}}), "1");
  CHECK(text.find("quern_finished_total{status=\"a\\\"b\\\\c d\"} 1\n") != std::string::npos);
}

}  // namespace
}  // namespace quern
