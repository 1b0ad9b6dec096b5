// SPDX-License-Identifier: Apache-2.0
#include "amounts.hpp"

#include "failure.hpp"
#include "nearest.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace quern {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A whole number and, behind it, one of the units; nothing when it is anything else.
template <std::size_t N>
std::optional<std::uint64_t> scaled(std::string_view text, const Unit (&units)[N]) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  const std::string_view unit(read.ptr,
                              static_cast<std::size_t>(text.data() + text.size() - read.ptr));
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    if (number >
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / known.factor)
      return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

std::pair<std::string, std::string> split(const std::string& setting, const char* what) {
  const std::size_t equals = setting.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw Failure("\"" + setting + "\" is no " + what + "; write NAME=VALUE.");
  return {setting.substr(0, equals), setting.substr(equals + 1)};
}

}  // namespace

milliseconds duration_of(const std::string& text) {
  static constexpr Unit units[] = {
      {"", 1'000}, {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto count = scaled(text, units);
  if (!count) throw Failure("\"" + text + "\" is no duration; write 500ms, 10s, 2m or 1h.");
  return milliseconds(static_cast<std::int64_t>(*count));
}

std::uint64_t size_of(const std::string& text) {
  static constexpr Unit units[] = {
      {"", 1},     {"K", kib},   {"KB", kib},       {"KiB", kib},       {"M", mib},
      {"MB", mib}, {"MiB", mib}, {"G", 1024 * mib}, {"GB", 1024 * mib}, {"GiB", 1024 * mib}};
  const auto count = scaled(text, units);
  if (!count) throw Failure("\"" + text + "\" is no size; write 1000000, 512K, 64M or 2G.");
  return *count;
}

RunLimits limits_of(const std::vector<std::string>& settings) {
  RunLimits limits;
  for (const std::string& setting : settings) {
    const auto [name, value] = split(setting, "limit");
    if (name == "wall")
      limits.wall = duration_of(value);
    else if (name == "wall_ms")
      limits.wall = duration_of(value + "ms");
    else if (name == "cpu")
      limits.cpu = duration_of(value);
    else if (name == "cpu_ms")
      limits.cpu = duration_of(value + "ms");
    else if (name == "memory")
      limits.memory = size_of(value);
    else if (name == "output")
      limits.output = size_of(value);
    else if (name == "processes")
      limits.processes = size_of(value);
    else if (name == "fsize")
      limits.fsize = size_of(value);
    else {
      constexpr std::string_view known[] = {"wall",   "cpu",       "memory",
                                            "output", "processes", "fsize"};
      const std::string_view meant = nearest(name, known);
      throw Failure("there is no limit \"" + name + "\"" +
                    (meant.empty() ? "; there are wall, cpu, memory, output, processes and fsize."
                                   : "; did you mean \"" + std::string(meant) + "\"?"));
    }
  }
  return limits;
}

Environment environment_of(const std::vector<std::string>& settings) {
  Environment environment;
  for (const std::string& setting : settings) {
    auto [name, value] = split(setting, "variable");
    environment[std::move(name)] = std::move(value);
  }
  return environment;
}

}  // namespace quern
