// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include "base64.hpp"
#include "native_text.hpp"

#include <cstdint>

namespace quern {
namespace {

// MessagePack has bytes where JSON has none: a path that is not UTF-8, say.
void replace_binary(Json& value) {
  if (value.is_binary()) {
    const auto& bytes = value.get_binary();
    value = Json{{"data", base64_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()})}};
  } else if (value.is_structured()) {
    for (Json& inner : value) replace_binary(inner);
  }
}

}  // namespace

Json head_as_json(std::string_view head) {
  Json json = Json::from_msgpack(head.begin(), head.end(), true, false);
  if (!json.is_object()) return Json::object();
  replace_binary(json);
  return json;
}

Json reply_as_json(std::string_view head) {
  Json json = head_as_json(head);
  json.erase("re");
  json.erase("ok");
  return json;
}

void add_bytes(Json& object, std::string_view bytes) {
  if (native::first_invalid_utf8(bytes))
    object["data"] = base64_of(bytes);
  else
    object["text"] = std::string(bytes);
}

Json event_as_json(std::string_view head, std::string_view body) {
  Json json = head_as_json(head);
  const auto parts = json.find("parts");
  if (parts == json.end() || !parts->is_array()) {
    const std::string ev = json.value("ev", "");
    if (ev == "stdout" || ev == "stderr") add_bytes(json, body);
    return json;
  }
  for (Json& part : *parts) {
    const auto size = std::min<std::size_t>(part.value("size", std::uint64_t{0}), body.size());
    add_bytes(part, body.substr(0, size));
    body.remove_prefix(size);
  }
  return json;
}

std::string line_of(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quern
