// SPDX-License-Identifier: Apache-2.0
#include "prelude.hpp"

namespace quern {
namespace {

const char* const headers_of_c = R"(
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
)";

const char* const headers_of_cpp = R"(
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>
)";

const char* const calls = R"(
extern int quern_argc;
extern char **quern_argv;
void __quern_value(void *, void *);
void __quern_raw(const char *, unsigned long);
void __quern_quoted(const char *, unsigned long);
void __quern_string(const char *);
void __quern_character(char);
void __quern_integer(long long);
void __quern_natural(unsigned long long);
void __quern_real(double);
void __quern_single(float);
void __quern_address(const void *);
void __quern_type(const char *);
)";

// Every form is tried in turn: what the user writes with << comes first, then what the library's
// types have in common.
const char* const show_code = R"(
namespace __quern {
template <class T> void show(const T &);
inline void raw(const char *text) { __quern_raw(text, __builtin_strlen(text)); }
template <class T> concept streamed = requires(std::ostream &out, const T &value) { { out << value } -> std::convertible_to<std::ostream &>; } && !std::is_convertible_v<const T &, bool>;
template <class T> concept text = std::is_convertible_v<const T &, std::string_view> && std::is_class_v<T>;
template <class T> concept holder = requires(const T &value) { { value.has_value() } -> std::same_as<bool>; *value; };
template <class T> concept pointing = requires(const T &value) { value.get(); *value; { bool(value) }; };
template <class T> concept pair = requires(const T &value) { value.first; value.second; };
template <class T> concept tuple = requires { std::tuple_size<T>::value; } && requires(const T &value) { std::get<0>(value); };
template <class T> concept range = requires(const T &value) { value.begin() != value.end(); *value.begin(); };
template <class T> concept adaptor = requires(const T &value) { typename T::container_type; value.size(); };
struct any { template <class T> operator T() const; };
template <class T, class... A> constexpr int members() {
  if constexpr (sizeof...(A) >= 8) return 8;
  else if constexpr (requires { T{A()..., any()}; }) return members<T, A..., any>();
  else return sizeof...(A);
}
template <class... A> void list(const A &...values) {
  int n = 0;
  raw("{");
  ((n++ ? raw(", ") : void(), show(values)), ...);
  raw("}");
}
template <class T> void show_members(const T &value) {
  constexpr int n = members<T>();
  if constexpr (n == 0) raw("{}");
  else if constexpr (n == 1) { auto &[a] = value; list(a); }
  else if constexpr (n == 2) { auto &[a, b] = value; list(a, b); }
  else if constexpr (n == 3) { auto &[a, b, c] = value; list(a, b, c); }
  else if constexpr (n == 4) { auto &[a, b, c, d] = value; list(a, b, c, d); }
  else if constexpr (n == 5) { auto &[a, b, c, d, e] = value; list(a, b, c, d, e); }
  else if constexpr (n == 6) { auto &[a, b, c, d, e, f] = value; list(a, b, c, d, e, f); }
  else __quern_type(typeid(T).name());
}
template <class T> void show_range(const T &value) {
  int n = 0;
  raw("{");
  for (const auto &element : value) {
    if (n++) raw(", ");
    if (n > 1000) { raw("..."); break; }
    show(element);
  }
  raw("}");
}
template <class T> void show_scalar(const T &value) {
  if constexpr (std::is_same_v<T, bool>) raw(value ? "true" : "false");
  else if constexpr (std::is_same_v<T, char>) __quern_character(value);
  else if constexpr (std::is_same_v<T, float>) __quern_single(value);
  else if constexpr (std::is_floating_point_v<T>) __quern_real(value);
  else if constexpr (std::is_enum_v<T>) show_scalar(static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (std::is_unsigned_v<T>) __quern_natural(value);
  else if constexpr (std::is_integral_v<T>) __quern_integer(value);
  else if constexpr (std::is_null_pointer_v<T>) raw("nullptr");
  else if constexpr (std::is_function_v<std::remove_pointer_t<T>>) __quern_address((const void *)value);
  else if constexpr (std::is_pointer_v<T>) {
    if (!value) raw("nullptr");
    else if constexpr (std::is_same_v<std::remove_cv_t<std::remove_pointer_t<T>>, char>) __quern_string(value);
    else __quern_address((const void *)value);
  } else __quern_type(typeid(T).name());
}
template <class T> void show(const T &value) {
  if constexpr (std::is_array_v<T>) {
    if constexpr (std::is_same_v<std::remove_cv_t<std::remove_extent_t<T>>, char>) __quern_string(value);
    else show_range(std::vector<std::remove_cv_t<std::remove_extent_t<T>>>(std::begin(value), std::end(value)));
  } else if constexpr (!std::is_class_v<T>) show_scalar(value);
  else if constexpr (text<T>) { std::string_view view = value; __quern_quoted(view.data(), view.size()); }
  else if constexpr (std::is_base_of_v<std::ios_base, T>) __quern_type(typeid(T).name());
  else if constexpr (std::is_base_of_v<std::exception, T>) { __quern_type(typeid(value).name()); raw(" "); raw(value.what()); }
  else if constexpr (pointing<T>) { if (value) __quern_address((const void *)value.get()); else raw("nullptr"); }
  else if constexpr (streamed<T>) {
    std::ostringstream out;
    out << value;
    std::string made = out.str();
    __quern_raw(made.data(), made.size());
  }
  else if constexpr (holder<T>) {
    if (!value.has_value()) raw("nullopt");
    else show(*value);
  }
  else if constexpr (range<T>) show_range(value);
  else if constexpr (pair<T>) list(value.first, value.second);
  else if constexpr (tuple<T>) std::apply([](const auto &...each) { list(each...); }, value);
  else if constexpr (std::is_same_v<T, std::tuple<>>) raw("{}");
  else if constexpr (std::is_aggregate_v<T> && !std::is_union_v<T>) show_members(value);
  else __quern_type(typeid(T).name());
}
}
template <class T> void __quern_show(const T &value, void *type) {
  if constexpr (!__quern::streamed<T>) {
    if (type) { __quern_value(type, (void *)__builtin_addressof(value)); return; }
  }
  __quern::show(value);
}
)";

}  // namespace

std::string prelude(bool cpp) {
  if (!cpp) {
    return std::string(headers_of_c) + calls;
  }
  return std::string(headers_of_cpp) + "extern \"C\" {" + calls + "}\n" + show_code;
}

}  // namespace quern
