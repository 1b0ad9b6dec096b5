// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace quern {

namespace {

struct Metric {
  std::string_view counter;  // in `status`; with a label, what stands before its first dot
  std::string_view label;    // empty: one number
  bool grows;                // a counter, else a gauge
  std::string_view help;
};

// In the order in which they are printed.
constexpr std::array<Metric, 20> metrics{{
    {"connections", "", false, "Connections that are there now."},
    {"connections_met", "", true, "Connections that have sent anything at all."},
    {"requests", "", true, "Requests, whatever was answered."},
    {"rejected", "code", true, "Requests that were answered with an error, by its code."},
    {"runs", "mode", true, "Runs accepted, by mode."},
    {"finished", "status", true, "Runs ended, by the status of their finished event."},
    {"running", "", false, "Runs executing now."},
    {"waiting", "", false, "Runs waiting for one of the places to execute."},
    {"events", "", true, "Events of runs."},
    {"stdout_bytes", "", true, "Bytes that programs wrote to stdout."},
    {"stderr_bytes", "", true, "Bytes that programs wrote to stderr."},
    {"journal_bytes", "", false, "Bytes of events held, in memory and on disk."},
    {"spilled", "", false, "Bytes of disk in use for events."},
    {"spilled_bytes", "", true, "Bytes of events carried to disk."},
    {"dropped_bytes", "", true, "Bytes of output given up that no client had acknowledged."},
    {"contexts", "", false, "Kept interpreters alive."},
    {"contexts_started", "", true, "Interpreters of contexts that became ready."},
    {"contexts_lost", "", true, "Contexts lost without having been closed."},
    {"uptime_ms", "", false, "Milliseconds since the daemon began."},
    {"rss", "", false, "Resident bytes of the daemon itself."},
}};

std::string name_of(std::string_view counter, bool grows) {
  std::string name = "quern_";
  for (const char letter : counter) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    name += plain ? letter : '_';
  }
  return grows ? name + "_total" : name;
}

std::string quoted(std::string_view text) {
  std::string quotes = "\"";
  for (const char letter : text) {
    if (letter == '\\' || letter == '"') quotes += '\\';
    quotes += letter == '\n' ? ' ' : letter;
  }
  return quotes + '"';
}

std::string sample(const std::string& name, std::uint64_t value) {
  return name + " " + std::to_string(value) + "\n";
}

std::string head(const std::string& name, std::string_view help, std::string_view type) {
  return "# HELP " + name + " " + std::string(help) + "\n# TYPE " + name + " " + std::string(type) +
         "\n";
}

// The part of `counter` behind "prefix."; empty when it has another one.
std::string_view behind(std::string_view counter, std::string_view prefix) {
  const bool of_it = counter.size() > prefix.size() + 1 && counter.starts_with(prefix) &&
                     counter[prefix.size()] == '.';
  return of_it ? counter.substr(prefix.size() + 1) : std::string_view();
}

bool is_known(std::string_view counter) {
  const std::string_view stem = counter.substr(0, counter.find('.'));
  return std::any_of(metrics.begin(), metrics.end(),
                     [&](const Metric& metric) { return metric.counter == stem; });
}

std::string samples(const Metric& metric, const std::map<std::string, std::uint64_t>& counters) {
  const std::string name = name_of(metric.counter, metric.grows);
  std::string lines;
  for (const auto& [counter, value] : counters) {
    if (metric.label.empty()) {
      if (counter == metric.counter) lines += sample(name, value);
    } else if (const auto rest = behind(counter, metric.counter); !rest.empty()) {
      lines += sample(name + "{" + std::string(metric.label) + "=" + quoted(rest) + "}", value);
    }
  }
  return lines.empty() ? "" : head(name, metric.help, metric.grows ? "counter" : "gauge") + lines;
}

}  // namespace

std::string prometheus_text(const StatusReply& status, const std::string& version) {
  std::map<std::string, std::uint64_t> counters = status.counters;
  counters["uptime_ms"] = static_cast<std::uint64_t>(status.uptime.count());
  counters["rss"] = status.rss;
  const std::string info = name_of("info", false);
  std::string text = head(info, "The daemon that answered.", "gauge") +
                     sample(info + "{version=" + quoted(version) + "}", 1);
  for (const Metric& metric : metrics) text += samples(metric, counters);
  for (const auto& [counter, value] : counters) {
    if (is_known(counter)) continue;
    const std::string name = name_of(counter, false);
    text += "# TYPE " + name + " untyped\n" + sample(name, value);
  }
  return text;
}

}  // namespace quern
