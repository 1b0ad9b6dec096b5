// SPDX-License-Identifier: Apache-2.0
// Bytes that many hands hold and nobody changes.
//
// A Blob is a value: copying one copies a reference count, comparing two compares their bytes. The
// bytes of a program's output are put into one once, where they are read from its pipe, and then
// travel through journal, spill and socket without being copied again.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace quern {

class Blob {
 public:
  Blob() = default;
  explicit Blob(std::string_view bytes) : size_(bytes.size()) {
    if (bytes.empty()) return;
    auto copy = std::make_shared_for_overwrite<char[]>(bytes.size());
    std::memcpy(copy.get(), bytes.data(), bytes.size());
    data_ = std::move(copy);
  }
  Blob(std::shared_ptr<const char[]> data, std::size_t size)
      : data_(std::move(data)), size_(size) {}

  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_.get(), size_}; }

  friend bool operator==(const Blob& a, const Blob& b) { return a.view() == b.view(); }

 private:
  std::shared_ptr<const char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace quern
