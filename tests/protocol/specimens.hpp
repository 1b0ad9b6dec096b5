// SPDX-License-Identifier: Apache-2.0
// The wire by examples: one table of {frames, value} for requests, events and replies.
//
// Heads are written as JSON and made MessagePack by a second implementation (nlohmann-json), so
// that the codec is held against something that it did not write itself. The fuzzer's seeds come
// from here.
#pragma once

#include "native_codec.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace quern::specimens {

template <class T>
struct Specimen {
  const char* head;
  std::string body;
  T value;
};

std::vector<Specimen<Request>> requests();
std::vector<Specimen<Stamped>> events();
std::vector<Specimen<Reply>> replies();  // all to the id "q7"

inline std::string packed(const nlohmann::json& head) {
  std::string bytes;
  nlohmann::json::to_msgpack(head, bytes);
  return bytes;
}
inline std::string packed(const char* head) { return packed(nlohmann::json::parse(head)); }
inline nlohmann::json unpacked(const std::string& head) {
  return nlohmann::json::from_msgpack(head);
}

inline RawMap raw(const char* map) { return {packed(map)}; }

}  // namespace quern::specimens
