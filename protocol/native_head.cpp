// SPDX-License-Identifier: Apache-2.0
#include "native_reader.hpp"

#include "limits.hpp"

namespace quern::native {
namespace {

// Walks the bytes without building anything and remembers what is wrong with them.
struct Check : msgpack::null_visitor {
  std::size_t depth = 0;
  bool too_deep = false;
  bool too_many = false;

  bool enter(std::size_t elements) {
    too_many = elements > max_elements;
    too_deep = ++depth > max_depth;
    return !too_many && !too_deep;
  }
  bool leave() {
    --depth;
    return true;
  }
  bool start_array(std::uint32_t elements) { return enter(elements); }
  bool start_map(std::uint32_t pairs) { return enter(pairs); }
  bool end_array() { return leave(); }
  bool end_map() { return leave(); }
};

Error rejected(ErrorCode code, std::string message) { return {code, std::move(message)}; }

std::string what_is_wrong(const Check& check, msgpack::parse_return how, std::size_t behind) {
  if (check.too_deep)
    return "The head nests deeper than " + std::to_string(max_depth) + " maps and arrays.";
  if (check.too_many)
    return "An array or a map in the head has more than " + std::to_string(max_elements) +
           " elements.";
  if (how == msgpack::PARSE_EXTRA_BYTES)
    return "The head has " + std::to_string(behind) + " bytes behind its map.";
  if (how == msgpack::PARSE_CONTINUE) return "The head ends in the middle of its map.";
  return "The head is not MessagePack.";
}

}  // namespace

const msgpack::object* find(const msgpack::object_map& map, std::string_view key) {
  for (std::size_t i = 0; i < map.size; ++i) {
    const msgpack::object_kv& pair = map.ptr[i];
    if (pair.key.type != msgpack::type::STR) continue;
    if (std::string_view(pair.key.via.str.ptr, pair.key.via.str.size) != key) continue;
    return pair.val.is_nil() ? nullptr : &pair.val;
  }
  return nullptr;
}

Result<Head> Head::parse(std::string_view bytes, std::size_t most) {
  if (bytes.size() > most)
    return rejected(ErrorCode::limit, "The head has " + std::to_string(bytes.size()) +
                                          " bytes; at most " + std::to_string(most) +
                                          " are allowed.");
  if (bytes.empty())
    return rejected(ErrorCode::bad_request, "The head is empty; it must be a MessagePack map.");

  Check check;
  std::size_t end = 0;
  const auto how = msgpack::detail::parse_imp(bytes.data(), bytes.size(), end, check);
  if (how != msgpack::PARSE_SUCCESS)
    return rejected(ErrorCode::bad_request, what_is_wrong(check, how, bytes.size() - end));

  Head head;
  // Most heads are small; what is bigger takes further pieces of this size.
  constexpr std::size_t piece = 960;
  head.zone_ = std::make_unique<msgpack::zone>(piece);
  const auto refer = [](msgpack::type::object_type, std::size_t, void*) { return true; };
  const auto object = msgpack::unpack(*head.zone_, bytes.data(), bytes.size(), refer);
  if (object.type != msgpack::type::MAP)
    return rejected(ErrorCode::bad_request,
                    "The head must be a MessagePack map, not " + described(object) + ".");
  head.map_ = object.via.map;
  return head;
}

}  // namespace quern::native
