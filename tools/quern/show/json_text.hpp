// SPDX-License-Identifier: Apache-2.0
// What the daemon says, as JSON: one object a line.
//
// A head is turned into JSON as it came, key by key, so that keys which this client does not know
// are shown all the same. Bytes become `text` where they are UTF-8, else `data` in base64.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace quern {

using Json = nlohmann::ordered_json;

Json head_as_json(std::string_view head);
// The same without `re` and `ok`, which only say that it is an answer.
Json reply_as_json(std::string_view head);
// Adds `text` or `data`.
void add_bytes(Json& object, std::string_view bytes);
// An event with its body: output as bytes, a display's parts each with its own.
Json event_as_json(std::string_view head, std::string_view body);

std::string line_of(const Json& object);  // with its newline

}  // namespace quern
