// SPDX-License-Identifier: Apache-2.0
#include "worker_events.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quern {

namespace {

// What a head holds of a program's words. All of an event's together stay under max_head, even when
// each byte is none of UTF-8 and is told by the three of U+FFFD.
constexpr std::size_t longest_text = 32 * kib;
constexpr std::size_t longest_traceback = 192 * kib;
constexpr std::size_t least_of_traceback =
    16;  // an entry counts for at least this: bounds their number
constexpr std::size_t largest_metadata = 256 * kib;

std::string text(const WorkerFrame& frame, std::string_view name) {
  const std::string* part = frame.part(name);
  return part ? clipped(*part, longest_text) : std::string();
}

double real(const WorkerFrame& frame, std::string_view key) {
  std::string_view text = frame.attribute(key);
  double value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(value) ? value : 0;
}

}  // namespace

RawMap map_of_json(std::string_view json) {
  bool too_deep = false;
  auto shallow = [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    too_deep = too_deep || depth > static_cast<int>(max_depth);
    return !too_deep;
  };
  auto value = nlohmann::json::parse(json, shallow, false);
  if (too_deep || !value.is_object()) return {};
  std::vector<std::uint8_t> packed = nlohmann::json::to_msgpack(value);
  if (packed.size() > largest_metadata) return {};
  return {std::string(packed.begin(), packed.end())};
}

Shown shown_of(const WorkerFrame& frame) {
  Shown shown;
  shown.result = frame.kind == "result";
  std::string bytes;
  for (const auto& [name, part] : frame.parts) {
    if (name == "metadata") {
      shown.metadata = map_of_json(part);
      continue;
    }
    shown.parts.push_back({name, part.size()});
    bytes += part;
  }
  shown.bytes = Blob(bytes);
  shown.display = frame.attribute("display");
  shown.update = frame.attribute("update") == "1";
  return shown;
}

ErrorRaised error_of(const WorkerFrame& frame) {
  ErrorRaised error;
  error.kind = frame.attribute("kind") == "compile" ? ErrorKind::compile : ErrorKind::runtime;
  error.name = text(frame, "name");
  error.message = text(frame, "message");
  error.file = text(frame, "file");
  error.line = number(frame, "line");
  error.column = number(frame, "column");
  std::size_t left = longest_traceback;
  for (const auto& [name, part] : frame.parts) {
    if (name != "traceback" || left == 0) continue;
    error.traceback.push_back(clipped(part, std::min(left, longest_text)));
    left -= std::min(left, std::max(error.traceback.back().size(), least_of_traceback));
  }
  return error;
}

std::string prompt_of(const WorkerFrame& frame) { return text(frame, "prompt"); }

Progressed progress_of(const WorkerFrame& frame) {
  return {real(frame, "current"), real(frame, "total"), text(frame, "label")};
}

}  // namespace quern
