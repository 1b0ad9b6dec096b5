// SPDX-License-Identifier: Apache-2.0
#include "worker_events.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace quern {

namespace {

std::string text(const WorkerFrame& frame, std::string_view name) {
  const std::string* part = frame.part(name);
  return part ? *part : std::string();
}

double real(const WorkerFrame& frame, std::string_view key) {
  std::string_view text = frame.attribute(key);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::optional<std::int64_t> number(const WorkerFrame& frame, std::string_view key) {
  std::string_view text = frame.attribute(key);
  std::int64_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

RawMap map_of_json(std::string_view json) {
  auto value = nlohmann::json::parse(json, nullptr, false);
  if (!value.is_object()) return {};
  std::vector<std::uint8_t> packed = nlohmann::json::to_msgpack(value);
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
  for (const auto& [name, part] : frame.parts) {
    if (name == "traceback") error.traceback.push_back(part);
  }
  return error;
}

Progressed progress_of(const WorkerFrame& frame) {
  return {real(frame, "current"), real(frame, "total"), text(frame, "label")};
}

}  // namespace quern
