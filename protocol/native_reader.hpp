// SPDX-License-Identifier: Apache-2.0
// Reads a map into a struct by the struct's field table.
//
// Lives for one map. The first fault stops it: what follows is not read, and ok() says so. Keys
// that no field asks for are never looked at, which is how unknown keys are ignored.
#pragma once

#include "native_shapes.hpp"

#include "blob.hpp"

namespace quern::native {

template <class M>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// The value of a key; absent and nil are the same.
const msgpack::object* find(const msgpack::object_map& map, std::string_view key);

// The head's map, checked as a whole before anything is built from it: the objects of the tree cost
// at most some tens of bytes for each byte that came, however the lengths in it lie.
class Head {
 public:
  // The bytes must outlive the Head: strings in its tree point into them.
  static Result<Head> parse(std::string_view bytes, std::size_t most);
  const msgpack::object_map& map() const { return map_; }

 private:
  Head() = default;
  std::unique_ptr<msgpack::zone> zone_;
  msgpack::object_map map_{};
};

template <class T>
class Reader {
 public:
  Reader(const msgpack::object_map& map, std::string_view body, T& value, Fault& fault)
      : map_(map), body_(body), value_(value), fault_(fault) {}

  bool ok() const { return ok_; }

  template <class M, class Shape = shape_for<M>>
  void required(std::string_view key, M T::* member, const Shape& shape = {}) {
    if (!ok_) return;
    const auto* found = find(map_, key);
    if (!found)
      ok_ = fault_.missing(shape.expected()), fault_.within(key);
    else
      read(key, *found, value_.*member, shape);
  }

  // Absent: the struct's own default.
  template <class M, class Shape = shape_for<M>>
  void optional(std::string_view key, M T::* member, const Shape& shape = {}) {
    if (!ok_) return;
    if (const auto* found = find(map_, key)) read(key, *found, value_.*member, shape);
  }

  // As optional, but always written: nil when there is none.
  template <class M, class Shape = shape_for<M>>
  void nullable(std::string_view key, M T::* member, const Shape& shape = {}) {
    optional(key, member, shape);
  }

  // A map on the wire whose keys are fields of this same struct.
  template <class Fields>
  void group(std::string_view key, const Fields& fields) {
    if (!ok_) return;
    const auto* found = find(map_, key);
    if (!found || found->type != msgpack::type::MAP) {
      ok_ = found ? fault_.wrong("a map", *found) : fault_.missing("a map");
      fault_.within(key);
      return;
    }
    Reader inner(found->via.map, body_, value_, fault_);
    fields(inner);
    if (!inner.ok()) ok_ = fault_.within(key);
  }

  void body(std::string T::* member) { value_.*member = body_; }
  void body(Blob T::* member) { value_.*member = Blob(body_); }

  // Code and, behind it, the contents of files whose sizes the head tells.
  template <class FileHead>
  void code_and_files(std::string T::* code, std::string_view key, std::vector<File> T::* files) {
    std::vector<FileHead> heads;
    if (const auto* found = ok_ ? find(map_, key) : nullptr)
      read(key, *found, heads, ListOf<Struct<FileHead>>{});
    if (!ok_) return;
    std::size_t left = body_.size();
    for (const FileHead& head : heads) {
      if (head.size > left) {
        ok_ =
            fault_.says("the sizes in `" + std::string(key) + "` add up to more than the body's " +
                        std::to_string(body_.size()) + " bytes.");
        return;
      }
      left -= static_cast<std::size_t>(head.size);
    }
    value_.*code = body_.substr(0, left);
    for (FileHead& head : heads) {
      const auto size = static_cast<std::size_t>(head.size);
      (value_.*files)
          .push_back(File{std::move(head.path), std::string(body_.substr(left, size)), head.mode});
      left += size;
    }
  }

 private:
  template <class M, class Shape>
  void read(std::string_view key, const msgpack::object& from, M& to, const Shape& shape) {
    if constexpr (is_optional<M>) {
      typename M::value_type some{};
      if (shape.read(from, some, fault_))
        to = std::move(some);
      else
        ok_ = fault_.within(key);
    } else if (!shape.read(from, to, fault_)) {
      ok_ = fault_.within(key);
    }
  }

  const msgpack::object_map& map_;
  std::string_view body_;
  T& value_;
  Fault& fault_;
  bool ok_ = true;
};

// A table may judge the whole once its fields are read: `static bool holds(const T&, Fault&)`.
template <class T>
bool read_struct(const msgpack::object_map& map, std::string_view body, T& value, Fault& fault) {
  Reader<T> reader(map, body, value, fault);
  Table<T>::fields(reader);
  if (!reader.ok()) return false;
  if constexpr (requires { Table<T>::holds(value, fault); }) return Table<T>::holds(value, fault);
  return true;
}

template <class T>
bool Struct<T>::read(const msgpack::object& from, T& to, Fault& fault) const {
  if (from.type != msgpack::type::MAP) return fault.wrong(expected(), from);
  return read_struct(from.via.map, {}, to, fault);
}

}  // namespace quern::native
