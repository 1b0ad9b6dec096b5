// SPDX-License-Identifier: Apache-2.0
// How each plain C++ type is told in MessagePack, and what is accepted for it.
//
// A shape is a small value with three things: expected() for messages, read() and write(). The
// field tables name one where the type alone does not say enough (ranges, names, paths); otherwise
// shape_for<T> is taken. Shapes of maps and lists build on those of what they hold.
#pragma once

#include "native_buffer.hpp"
#include "native_fault.hpp"
#include "native_names.hpp"
#include "request.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <utility>

namespace quern::native {

// One wire name and field list a struct; specialised in native_fields_*.hpp.
template <class T>
struct Table;

// Long enough for anything (31 years), and short enough that adding it to a clock cannot overflow.
inline constexpr std::int64_t longest_ms = 1'000'000'000'000;

struct Text {
  std::size_t least = 0;
  std::string expected() const { return least > 0 ? "a non-empty UTF-8 string" : "a UTF-8 string"; }
  bool read(const msgpack::object& from, std::string& to, Fault& fault) const;
  void write(Packer& out, std::string_view value) const { pack_text(out, value); }
};

// What names a thing of the system: a path, an argument, a variable's value.
struct Bytes {
  std::size_t least = 0;
  std::string expected() const {
    return least > 0 ? "a non-empty string without NUL" : "a string without NUL";
  }
  bool read(const msgpack::object& from, std::string& to, Fault& fault) const;
  void write(Packer& out, std::string_view value) const { pack_bytes(out, value); }
};

// A request's id, and so a run's name.
struct Id {
  std::string expected() const { return "1 to 64 bytes of printable ASCII"; }
  bool read(const msgpack::object& from, std::string& to, Fault& fault) const;
  void write(Packer& out, std::string_view value) const { pack_text(out, value); }
};

// A string that is one of a few.
template <std::size_t N>
struct OneOf {
  std::array<std::string_view, N> names;
  std::string expected() const {
    std::string list = "one of ";
    for (const auto each : names)
      list.append(list.back() == '"' ? ", \"" : "\"").append(each) += '"';
    return list;
  }
  bool read(const msgpack::object& from, std::string& to, Fault& fault) const {
    if (!Text{}.read(from, to, fault)) return fault.wrong(expected(), from);
    for (const auto each : names)
      if (each == to) return true;
    return fault.wrong(expected(), from);
  }
  void write(Packer& out, std::string_view value) const { pack_text(out, value); }
};

struct Flag {
  std::string expected() const { return "true or false"; }
  bool read(const msgpack::object& from, bool& to, Fault& fault) const;
  void write(Packer& out, bool value) const { value ? out.pack_true() : out.pack_false(); }
};

// A bool that the wire tells by two words.
struct Either {
  std::string_view no, yes;
  std::string expected() const {
    return "one of \"" + std::string(no) + "\", \"" + std::string(yes) + "\"";
  }
  bool read(const msgpack::object& from, bool& to, Fault& fault) const;
  void write(Packer& out, bool value) const { pack_valid_text(out, value ? yes : no); }
};

// Any integer type of MessagePack is accepted as long as its value is in range.
template <class I>
struct Integer {
  I low = std::numeric_limits<I>::min();
  I high = std::numeric_limits<I>::max();
  std::string expected() const {
    if (high != std::numeric_limits<I>::max() || sizeof(I) < sizeof(std::int64_t))
      return "an integer from " + std::to_string(low) + " to " + std::to_string(high);
    if (low == std::numeric_limits<I>::min() && std::signed_integral<I>) return "an integer";
    return "an integer of at least " + std::to_string(low);
  }
  bool read(const msgpack::object& from, I& to, Fault& fault) const {
    const bool positive = from.type == msgpack::type::POSITIVE_INTEGER;
    if (!positive && from.type != msgpack::type::NEGATIVE_INTEGER)
      return fault.wrong(expected(), from);
    const bool fits =
        positive
            ? std::cmp_greater_equal(from.via.u64, low) && std::cmp_less_equal(from.via.u64, high)
            : std::cmp_greater_equal(from.via.i64, low) && std::cmp_less_equal(from.via.i64, high);
    if (!fits) return fault.wrong(expected(), from);
    to = positive ? static_cast<I>(from.via.u64) : static_cast<I>(from.via.i64);
    return true;
  }
  void write(Packer& out, I value) const { out.pack(value); }
};

struct Milliseconds {
  std::int64_t low = 0;
  std::int64_t high = longest_ms;
  std::string expected() const { return Integer<std::int64_t>{low, high}.expected(); }
  bool read(const msgpack::object& from, milliseconds& to, Fault& fault) const {
    std::int64_t count = 0;
    if (!Integer<std::int64_t>{low, high}.read(from, count, fault)) return false;
    to = milliseconds(count);
    return true;
  }
  void write(Packer& out, milliseconds value) const { out.pack(std::int64_t{value.count()}); }
};

struct Number {
  std::string expected() const { return "a number"; }
  bool read(const msgpack::object& from, double& to, Fault& fault) const;
  void write(Packer& out, double value) const { out.pack_double(value); }
};

template <class E>
struct Choice {
  std::string expected() const { return all_names<E>(); }
  bool read(const msgpack::object& from, E& to, Fault& fault) const {
    if (from.type == msgpack::type::STR)
      if (const auto value = value_named<E>({from.via.str.ptr, from.via.str.size})) {
        to = *value;
        return true;
      }
    return fault.wrong(expected(), from);
  }
  void write(Packer& out, E value) const { pack_valid_text(out, name(value)); }
};

// A map that is carried and never looked into, at most `most` bytes of it.
struct AnyMap {
  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::string expected() const;
  bool read(const msgpack::object& from, RawMap& to, Fault& fault) const;
  void write(Packer& out, const RawMap& value) const;
};

template <class Shape>
struct ListOf {
  Shape each{};
  std::size_t least = 0;
  std::string expected() const { return least > 0 ? "a non-empty array" : "an array"; }
  template <class T>
  bool read(const msgpack::object& from, std::vector<T>& to, Fault& fault) const {
    if (from.type != msgpack::type::ARRAY || from.via.array.size < least)
      return fault.wrong(expected(), from);
    to.clear();
    to.reserve(from.via.array.size);
    for (std::size_t i = 0; i < from.via.array.size; ++i) {
      T value{};
      if (!each.read(from.via.array.ptr[i], value, fault)) return fault.within(i);
      to.push_back(std::move(value));
    }
    return true;
  }
  template <class T>
  void write(Packer& out, const std::vector<T>& values) const {
    out.pack_array(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) each.write(out, value);
  }
};

template <class Key, class Shape>
struct MapOf {
  Key key{};
  Shape each{};
  std::string expected() const { return "a map"; }
  template <class T>
  bool read(const msgpack::object& from, std::map<std::string, T>& to, Fault& fault) const {
    if (from.type != msgpack::type::MAP) return fault.wrong(expected(), from);
    to.clear();
    for (std::size_t i = 0; i < from.via.map.size; ++i) {
      const auto& pair = from.via.map.ptr[i];
      std::string text;
      T value{};
      if (!key.read(pair.key, text, fault)) return fault.within("(name)");
      if (!each.read(pair.val, value, fault)) return fault.within(excerpt(text));
      to.insert_or_assign(std::move(text), std::move(value));
    }
    return true;
  }
  template <class T>
  void write(Packer& out, const std::map<std::string, T>& values) const {
    out.pack_map(static_cast<std::uint32_t>(values.size()));
    for (const auto& [text, value] : values) {
      key.write(out, text);
      each.write(out, value);
    }
  }
};

struct VariableName {
  std::string expected() const { return "a non-empty variable name without \"=\" or NUL"; }
  bool read(const msgpack::object& from, std::string& to, Fault& fault) const;
  void write(Packer& out, std::string_view value) const { pack_bytes(out, value); }
};
using Variables = MapOf<VariableName, Bytes>;
using Arguments = ListOf<Bytes>;

struct StepShape {
  std::string expected() const { return "a string or a non-empty array of strings"; }
  bool read(const msgpack::object& from, Step& to, Fault& fault) const;
  void write(Packer& out, const Step& value) const;
};

// A nested struct; defined with the map reader and writer that it needs.
template <class T>
struct Struct {
  std::string expected() const { return "a map"; }
  bool read(const msgpack::object& from, T& to, Fault& fault) const;
  void write(Packer& out, const T& value) const;
};

// What a type is told as when its field names no shape.
template <class T>
struct ShapeFor {
  using type = Struct<T>;
};
template <class T>
using shape_for = typename ShapeFor<T>::type;

template <class T>
  requires std::integral<T>
struct ShapeFor<T> {
  using type = Integer<T>;
};
template <class T>
  requires std::is_enum_v<T>
struct ShapeFor<T> {
  using type = Choice<T>;
};
template <>
struct ShapeFor<bool> {
  using type = Flag;
};
template <>
struct ShapeFor<double> {
  using type = Number;
};
template <>
struct ShapeFor<std::string> {
  using type = Text;
};
template <>
struct ShapeFor<milliseconds> {
  using type = Milliseconds;
};
template <>
struct ShapeFor<RawMap> {
  using type = AnyMap;
};
template <>
struct ShapeFor<Step> {
  using type = StepShape;
};
template <class T>
struct ShapeFor<std::optional<T>> {
  using type = shape_for<T>;
};
template <class T>
struct ShapeFor<std::vector<T>> {
  using type = ListOf<shape_for<T>>;
};
template <class T>
struct ShapeFor<std::map<std::string, T>> {
  using type = MapOf<Text, shape_for<T>>;
};

}  // namespace quern::native
