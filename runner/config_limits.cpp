// SPDX-License-Identifier: Apache-2.0
#include "config_limits.hpp"

#include "nearest.hpp"
#include "whole_number.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace quern {

namespace {

struct Limit {
  std::string_view name;
  void (*set)(Config& config, std::uint64_t value);
};

milliseconds duration(std::uint64_t count) {
  return milliseconds(static_cast<std::int64_t>(count));
}

constexpr std::array<Limit, 14> limits{{
    {"body", [](Config& c, std::uint64_t n) { c.limits.body = n; }},
    {"input", [](Config& c, std::uint64_t n) { c.limits.input = n; }},
    {"runs", [](Config& c, std::uint64_t n) { c.limits.runs = n; }},
    {"queue", [](Config& c, std::uint64_t n) { c.limits.queue = n; }},
    {"contexts", [](Config& c, std::uint64_t n) { c.limits.contexts = n; }},
    {"journal", [](Config& c, std::uint64_t n) { c.limits.journal = n; }},
    {"journal_total", [](Config& c, std::uint64_t n) { c.limits.journal_total = n; }},
    {"finished", [](Config& c, std::uint64_t n) { c.limits.finished = n; }},
    {"wall_ms", [](Config& c, std::uint64_t n) { c.run_limits.wall = duration(n); }},
    {"cpu_ms", [](Config& c, std::uint64_t n) { c.run_limits.cpu = duration(n); }},
    {"memory", [](Config& c, std::uint64_t n) { c.run_limits.memory = n; }},
    {"output", [](Config& c, std::uint64_t n) { c.run_limits.output = n; }},
    {"processes", [](Config& c, std::uint64_t n) { c.run_limits.processes = n; }},
    {"fsize", [](Config& c, std::uint64_t n) { c.run_limits.fsize = n; }},
}};

}  // namespace

std::string set_limit(Config& config, const std::string& word) {
  constexpr std::uint64_t most = 1'000'000'000'000'000;  // far beyond use, and no sum overflows
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const auto limit = std::find_if(limits.begin(), limits.end(),
                                  [&](const Limit& known) { return known.name == name; });
  if (limit == limits.end()) {
    std::vector<std::string_view> names;
    for (const Limit& known : limits) names.push_back(known.name);
    return "there is no limit `" + name + "`" + did_you_mean(name, names);
  }
  const auto value =
      equals == std::string::npos ? std::nullopt : whole_number(word.substr(equals + 1));
  if (!value || *value == 0 || *value > most)
    return "limit `" + name + "` must be a whole number from 1 to 10^15";
  limit->set(config, *value);
  return "";
}

}  // namespace quern
