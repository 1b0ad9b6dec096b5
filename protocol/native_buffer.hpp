// SPDX-License-Identifier: Apache-2.0
// Where a head is written: a growing string that msgpack's packer can write to.
//
// A value that lives for one encoding. Knows maps whose size is learnt only at their end, and how
// text and bytes from programs become what a strict decoder accepts.
#pragma once

#include "native_text.hpp"

#include <msgpack.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace quern::native {

class HeadBuffer {
 public:
  void write(const char* data, std::size_t size) { bytes_.append(data, size); }

  // Map headers differ in length: the short one is reserved, and the rare long one makes room.
  std::size_t open_map() {
    bytes_.push_back('\x80');
    return bytes_.size() - 1;
  }
  void close_map(std::size_t at, std::size_t entries) {
    if (entries < 16) {
      bytes_[at] = static_cast<char>(0x80 | entries);
      return;
    }
    bytes_[at] = '\xDE';
    const char size[2] = {static_cast<char>(entries >> 8), static_cast<char>(entries & 0xFF)};
    bytes_.insert(at + 1, size, 2);
  }

  void reserve(std::size_t size) { bytes_.reserve(size); }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// msgpack's packer, with a way back to the buffer it writes to.
class Packer : public msgpack::packer<HeadBuffer> {
 public:
  explicit Packer(HeadBuffer& to) : msgpack::packer<HeadBuffer>(to), to_(to) {}
  HeadBuffer& buffer() { return to_; }

 private:
  HeadBuffer& to_;
};

inline void pack_valid_text(Packer& out, std::string_view text) {
  out.pack_str(static_cast<std::uint32_t>(text.size()));
  out.pack_str_body(text.data(), static_cast<std::uint32_t>(text.size()));
}

// For what must be text: prompts, messages, tracebacks.
inline void pack_text(Packer& out, std::string_view text) {
  if (first_invalid_utf8(text))
    pack_valid_text(out, replace_invalid_utf8(text));
  else
    pack_valid_text(out, text);
}

// For what names a thing of the system, which need not be text: paths, arguments, variables.
inline void pack_bytes(Packer& out, std::string_view bytes) {
  if (!first_invalid_utf8(bytes)) return pack_valid_text(out, bytes);
  out.pack_bin(static_cast<std::uint32_t>(bytes.size()));
  out.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
}

}  // namespace quern::native
