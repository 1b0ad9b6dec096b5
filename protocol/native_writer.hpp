// SPDX-License-Identifier: Apache-2.0
// Writes a struct as a map by the struct's field table: the counterpart of native_reader.hpp.
//
// Lives for one map. Optional fields that stand at their struct's default are left out; required
// and nullable ones are always written. The body comes back by reference where it can.
#pragma once

#include "native_reader.hpp"

namespace quern::native {

template <class T>
class Writer {
 public:
  enum class Bodies { carry, skip };
  Writer(Packer& out, const T& value, Bodies bodies = Bodies::carry)
      : out_(out), value_(value), carries_body_(bodies == Bodies::carry) {}

  std::size_t entries() const { return entries_; }
  Blob take_body() { return std::move(body_); }

  template <class M, class Shape = shape_for<M>>
  void required(std::string_view key, M T::* member, const Shape& shape = {}) {
    entry(key);
    shape.write(out_, value_.*member);
  }

  template <class M, class Shape = shape_for<M>>
  void optional(std::string_view key, M T::* member, const Shape& shape = {}) {
    if (value_.*member == standard_.*member) return;
    nullable(key, member, shape);
  }

  template <class M, class Shape = shape_for<M>>
  void nullable(std::string_view key, M T::* member, const Shape& shape = {}) {
    entry(key);
    if constexpr (!is_optional<M>)
      shape.write(out_, value_.*member);
    else if (value_.*member)
      shape.write(out_, *(value_.*member));
    else
      out_.pack_nil();
  }

  template <class Fields>
  void group(std::string_view key, const Fields& fields) {
    entry(key);
    const std::size_t at = out_.buffer().open_map();
    Writer inner(out_, value_, Bodies::skip);
    fields(inner);
    out_.buffer().close_map(at, inner.entries());
  }

  void body(std::string T::* member) {
    if (carries_body_) body_ = Blob(value_.*member);
  }
  void body(Blob T::* member) { body_ = value_.*member; }

  template <class FileHead>
  void code_and_files(std::string T::* code, std::string_view key, std::vector<File> T::* files) {
    std::string whole;
    if (carries_body_) whole = value_.*code;
    std::vector<FileHead> heads;
    for (const File& file : value_.*files) {
      heads.push_back({file.path, file.bytes.size(), file.mode});
      if (carries_body_) whole += file.bytes;
    }
    body_ = Blob(whole);
    if (heads.empty()) return;
    entry(key);
    ListOf<Struct<FileHead>>{}.write(out_, heads);
  }

 private:
  void entry(std::string_view key) {
    ++entries_;
    pack_valid_text(out_, key);
  }

  Packer& out_;
  const T& value_;
  T standard_{};
  bool carries_body_;
  std::size_t entries_ = 0;
  Blob body_;
};

template <class T>
void Struct<T>::write(Packer& out, const T& value) const {
  const std::size_t at = out.buffer().open_map();
  Writer<T> writer(out, value, Writer<T>::Bodies::skip);
  Table<T>::fields(writer);
  out.buffer().close_map(at, writer.entries());
}

}  // namespace quern::native
