// SPDX-License-Identifier: Apache-2.0
#include "native_fault.hpp"

#include "native_text.hpp"

#include <charconv>

namespace quern::native {

std::string described(const msgpack::object& came) {
  switch (came.type) {
    case msgpack::type::NIL: return "nil";
    case msgpack::type::BOOLEAN: return came.via.boolean ? "true" : "false";
    case msgpack::type::POSITIVE_INTEGER: return std::to_string(came.via.u64);
    case msgpack::type::NEGATIVE_INTEGER: return std::to_string(came.via.i64);
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64: {
      char text[40];
      const auto end = std::to_chars(text, text + sizeof text, came.via.f64);
      return "the number " + std::string(text, end.ptr);
    }
    case msgpack::type::STR: return in_quotes({came.via.str.ptr, came.via.str.size});
    case msgpack::type::BIN: return "a bin of " + std::to_string(came.via.bin.size) + " bytes";
    case msgpack::type::ARRAY: return "an array of " + std::to_string(came.via.array.size);
    case msgpack::type::MAP: return "a map";
    case msgpack::type::EXT: return "an extension type";
  }
  return "an unknown type";
}

bool Fault::wrong(std::string_view expected, const msgpack::object& came) {
  text_.assign("must be ").append(expected).append(", not ").append(described(came)).append(".");
  return false;
}

bool Fault::missing(std::string_view expected) {
  text_.assign("is missing; it must be ").append(expected).append(".");
  return false;
}

bool Fault::says(std::string sentence) {
  text_ = std::move(sentence);
  about_key_ = false;
  return false;
}

bool Fault::within(std::string_view key) {
  const bool joined = !path_.empty() && path_.front() != '[';
  path_.insert(0, std::string(key) + (joined ? "." : ""));
  return false;
}

bool Fault::within(std::size_t element) {
  const bool joined = !path_.empty() && path_.front() != '[';
  path_.insert(0, "[" + std::to_string(element) + "]" + (joined ? "." : ""));
  return false;
}

std::string Fault::sentence() const { return about_key_ ? "key `" + path_ + "` " + text_ : text_; }

}  // namespace quern::native
