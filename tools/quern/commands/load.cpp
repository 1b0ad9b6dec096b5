// SPDX-License-Identifier: Apache-2.0
#include "load.hpp"

#include "graphemes.hpp"
#include "native_names.hpp"
#include "run_in_status.hpp"

#include <algorithm>
#include <cstdio>

namespace quern {
namespace {

double percent(milliseconds used, double seconds) {
  return seconds > 0 ? std::max(0.0, static_cast<double>(used.count()) / 10.0 / seconds) : 0;
}

double rate(std::uint64_t now, std::uint64_t before, double seconds) {
  return seconds > 0 && now > before ? static_cast<double>(now - before) / seconds : 0;
}

std::uint64_t counter(const StatusReply& status, const char* name) {
  const auto found = status.counters.find(name);
  return found == status.counters.end() ? 0 : found->second;
}

std::uint64_t written(const StatusReply& status) {
  return counter(status, "stdout_bytes") + counter(status, "stderr_bytes");
}

std::uint64_t written(const RunInfo& run) { return run.bytes.out + run.bytes.err; }

// One that has begun since the first look has had its age to take it.
RunLoad load_of(const RunInfo& now, const RunInfo* before, double seconds) {
  static const RunInfo nothing;
  if (!before) before = &nothing;
  const double time = std::min(seconds, static_cast<double>(now.age.count()) / 1000.0);
  const milliseconds used = now.usage ? now.usage->cpu : milliseconds(0);
  const milliseconds used_before = before->usage ? before->usage->cpu : milliseconds(0);
  return {now, percent(used - used_before, time), rate(written(now), written(*before), time)};
}

std::string percent_text(double percent) {
  char text[32];
  std::snprintf(text, sizeof text, percent < 9.95 ? "%.1f%%" : "%.0f%%", percent);
  return text;
}

std::string rate_text(double bytes_a_second) {
  return readable_size(static_cast<std::uint64_t>(bytes_a_second)) + "/s";
}

std::string headline(const Load& load, const std::string& daemon) {
  const StatusReply& status = load.status;
  return daemon + ", up " + readable_duration(status.uptime.count()) + ": " +
         percent_text(load.cpu) + " of a processor, " + readable_size(status.rss) + ", " +
         rate_text(load.bytes_a_second) + " of output; " +
         std::to_string(counter(status, "running")) + " running, " +
         std::to_string(counter(status, "waiting")) + " waiting, " +
         std::to_string(counter(status, "contexts")) + " contexts";
}

}  // namespace

Load load_between(const Glance& before, const Glance& now) {
  const double seconds = std::chrono::duration<double>(now.at - before.at).count();
  Load load{now.status,
            percent(now.status.cpu - before.status.cpu, seconds),
            rate(written(now.status), written(before.status), seconds),
            {}};
  for (const RunInfo& run : now.status.runs)
    if (run.state != RunState::finished)
      load.runs.push_back(load_of(run, run_in(before.status, run.run), seconds));
  std::sort(load.runs.begin(), load.runs.end(), [](const RunLoad& a, const RunLoad& b) {
    return a.cpu != b.cpu ? a.cpu > b.cpu : a.run.run < b.run.run;
  });
  return load;
}

Json load_as_json(const Load& load) {
  Json runs = Json::array();
  for (const RunLoad& one : load.runs) {
    const RunInfo& run = one.run;
    Json json = {{"run", run.run},
                 {"mode", native::name(run.mode)},
                 {"lang", run.lang},
                 {"ctx", run.ctx},
                 {"state", native::name(run.state)}};
    json["pid"] = run.pid ? Json(*run.pid) : Json();
    json["cpu"] = one.cpu;
    json["rss"] = run.usage ? Json(run.usage->rss) : Json();
    json["processes"] = run.usage ? Json(run.usage->processes) : Json();
    json["age_ms"] = run.age.count();
    json["bytes"] = {{"stdout", run.bytes.out}, {"stderr", run.bytes.err}};
    json["bytes_a_second"] = one.bytes_a_second;
    runs.push_back(std::move(json));
  }
  const StatusReply& status = load.status;
  return {{"daemon",
           {{"uptime_ms", status.uptime.count()},
            {"cpu", load.cpu},
            {"rss", status.rss},
            {"bytes_a_second", load.bytes_a_second},
            {"running", counter(status, "running")},
            {"waiting", counter(status, "waiting")},
            {"contexts", counter(status, "contexts")}}},
          {"runs", std::move(runs)}};
}

std::string load_as_text(const Load& load, const std::string& daemon, std::size_t rows,
                         std::size_t columns) {
  constexpr std::size_t around = 4;  // the headline, an empty line, the headings, what is left out
  constexpr std::size_t enough_of_a_name = 13;
  const std::size_t most = rows == 0 ? load.runs.size() : rows > around ? rows - around : 1;
  std::string text = shortened(headline(load, daemon), columns) + "\n\n";
  if (load.runs.empty()) return text + "Nothing runs.\n";
  Table table({"RUN", "MODE", "LANG", "CTX", "STATE", "CPU", "MEMORY", "PROCESSES", "TIME",
               "OUTPUT", "RATE"});
  table.align_right({5, 6, 7, 8, 9, 10});
  for (std::size_t i = 0; i < std::min(most, load.runs.size()); ++i) {
    const RunLoad& one = load.runs[i];
    const RunInfo& run = one.run;
    table.add({run.run, std::string(native::name(run.mode)), run.lang, run.ctx,
               std::string(native::name(run.state)), run.usage ? percent_text(one.cpu) : "",
               run.usage ? readable_size(run.usage->rss) : "",
               run.usage ? std::to_string(run.usage->processes) : "",
               readable_duration(run.age.count()), readable_size(written(run)),
               rate_text(one.bytes_a_second)});
  }
  text += table.text(columns, {enough_of_a_name, {1, 3, 7, 9, 10, 2, 8, 4}});
  if (load.runs.size() > most)
    text += "… and " + std::to_string(load.runs.size() - most) + " more\n";
  return text;
}

}  // namespace quern
