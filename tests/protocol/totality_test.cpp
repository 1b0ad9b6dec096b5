// SPDX-License-Identifier: Apache-2.0
#include "specimens.hpp"

#include "native_text.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using nlohmann::json;
using specimens::packed;

namespace {

std::string why(std::string_view head, std::string_view body = "") {
  const auto request = decode_request(head, body);
  REQUIRE(request.has_error());
  const std::string& message = request.error().error.message;
  CHECK_FALSE(native::first_invalid_utf8(message));
  CHECK((message.ends_with('.') || message.ends_with('?')));
  return message;
}

const std::vector<json>& odd_values() {
  static const std::vector<json> values = {true,
                                           7,
                                           -7,
                                           3.5,
                                           "",
                                           "x",
                                           json::array(),
                                           json::object(),
                                           json::array({1}),
                                           {{"a", 1}},
                                           json::binary({1, 2}),
                                           json::binary({1}, 5)};
  return values;
}

}  // namespace

TEST_CASE("every prefix of every head is refused") {
  for (const auto& specimen : specimens::requests()) {
    const std::string head = packed(specimen.head);
    for (std::size_t size = 0; size < head.size(); ++size) why(head.substr(0, size), specimen.body);
  }
  for (const auto& specimen : specimens::events()) {
    const std::string head = packed(specimen.head);
    for (std::size_t size = 0; size < head.size(); ++size) {
      CHECK(decode_event(head.substr(0, size), specimen.body).has_error());
      CHECK(peek_head(head.substr(0, size)).has_error());
    }
  }
  for (const auto& specimen : specimens::replies()) {
    const std::string head = packed(specimen.head);
    for (std::size_t size = 0; size < head.size(); ++size)
      CHECK(decode_reply<StatusReply>(head.substr(0, size), specimen.body).has_error());
  }
}

TEST_CASE("a key of a type that nothing has is refused by its name") {
  const json extension = json::binary({1, 2, 3}, 42);
  for (const auto& specimen : specimens::requests()) {
    const json whole = json::parse(specimen.head);
    for (const auto& [key, value] : whole.items()) {
      if (key == "id" && whole["op"] == "ack") continue;  // an ack needs none
      json head = whole;
      head[key] = extension;
      INFO(head.dump());
      const std::string message = why(packed(head), specimen.body);
      CHECK(message.find("key `" + key + "` must be ") != std::string::npos);
      CHECK(message.ends_with(", not an extension type."));
    }
  }
}

TEST_CASE("whatever a key holds gives a request or a sentence that names the key") {
  for (const auto& specimen : specimens::requests()) {
    const json whole = json::parse(specimen.head);
    for (const auto& [key, value] : whole.items()) {
      for (const json& odd : odd_values()) {
        json head = whole;
        head[key] = odd;
        const auto request = decode_request(packed(head), specimen.body);
        if (request.has_value()) continue;
        const std::string message = why(packed(head), specimen.body);
        INFO(head.dump() << "\n" << message);
        const bool named = message.find("`" + key) != std::string::npos;
        CHECK((named || request.error().error.code == ErrorCode::unknown_op ||
               message.find("key `lang`") != std::string::npos));
      }
    }
  }
}

TEST_CASE("a missing key of an event or a reply is told or has a default, never a crash") {
  for (const auto& specimen : specimens::events()) {
    const json whole = json::parse(specimen.head);
    for (const auto& [key, value] : whole.items()) {
      for (const json& odd : odd_values()) {
        json head = whole;
        head[key] = odd;
        (void)decode_event(packed(head), specimen.body);
      }
      json head = whole;
      head.erase(key);
      (void)decode_event(packed(head), specimen.body);
    }
  }
  json head = json::parse(R"({"ev": "gap", "run": "r", "seq": 1, "t": 0, "from": 0, "to": 1})");
  CHECK(decode_event(packed(head), "").error().message ==
        "`gap`: key `bytes` is missing; it must be an integer of at least 0.");
  CHECK(decode_event(packed(R"({"ev": "later"})"), "").error().message ==
        "There is no event \"later\" in this version of the protocol.");
}

TEST_CASE("any one byte of a head may be any other") {
  for (const auto& specimen : specimens::requests()) {
    const std::string whole = packed(specimen.head);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (int byte = 0; byte < 256; byte += 3) {
        std::string head = whole;
        head[at] = static_cast<char>(byte);
        const auto request = decode_request(head, specimen.body);
        if (request.has_value())
          CHECK(decode_request(encode_request(*request).head, encode_request(*request).body.view())
                    .value() == *request);
      }
    }
  }
}

TEST_CASE("a head that is no single map is told what it is") {
  CHECK(why("") == "The head is empty; it must be a MessagePack map.");
  CHECK(why("\x93\x01\x02\x03") == "The head must be a MessagePack map, not an array of 3.");
  CHECK(why("\xc1") == "The head is not MessagePack.");
  CHECK(why(packed(R"({"op": "ping", "id": "q"})") + "xy") ==
        "The head has 2 bytes behind its map.");
}

TEST_CASE("lengths that promise what does not come cost nothing") {
  CHECK(why("\xdf\xff\xff\xff\xff") ==
        "An array or a map in the head has more than 16384 elements.");
  CHECK(why("\xdb\xff\xff\xff\xff") == "The head ends in the middle of its map.");
  std::string nested = "\x81\xa1x";
  for (int i = 0; i < 31; ++i) nested += std::string("\xdc\x40\x00", 3);
  CHECK(why(nested) == "The head ends in the middle of its map.");
  CHECK(why("\x81\xa1x" + std::string(32, '\x91') + "\x01") ==
        "The head nests deeper than 32 maps and arrays.");
}

TEST_CASE("what is too large is a limit, with the id where it can be read") {
  const auto large_head = decode_request(std::string(max_head + 1, '\x80'), "");
  CHECK(
      large_head.error() ==
      Rejected{"", {ErrorCode::limit, "The head has 1048577 bytes; at most 1048576 are allowed."}});
  const auto large_body =
      decode_request(packed(R"({"op": "ping", "id": "q"})"), std::string(max_body + 1, 'x'));
  CHECK(large_body.error() ==
        Rejected{"q",
                 {ErrorCode::limit, "The body has 67108865 bytes; at most 67108864 are allowed."}});
}
