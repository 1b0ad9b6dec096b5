// SPDX-License-Identifier: Apache-2.0
// What each enumerator is called on the wire.
//
// One switch an enum, so that the compiler names a forgotten enumerator; reading searches the same
// switch. Beyond the last enumerator a name is empty, which ends the search.
#pragma once

#include "error.hpp"
#include "event.hpp"
#include "reply.hpp"
#include "request.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace quern::native {

std::string_view name(ErrorCode);
std::string_view name(RunMode);
std::string_view name(Stdin);
std::string_view name(Background);
std::string_view name(Overflow);
std::string_view name(Stream);
std::string_view name(Phase);
std::string_view name(ErrorKind);
std::string_view name(PromptSource);
std::string_view name(InputOutcome);
std::string_view name(FinishedStatus);
std::string_view name(ContextFate);
std::string_view name(ContextState);
std::string_view name(RunState);
std::string_view name(Completeness);

template <class E>
std::optional<E> value_named(std::string_view text) {
  for (int i = 0; !name(static_cast<E>(i)).empty(); ++i)
    if (name(static_cast<E>(i)) == text) return static_cast<E>(i);
  return std::nullopt;
}

// For messages: `one of "a", "b", "c"`.
template <class E>
std::string all_names() {
  std::string list = "one of ";
  for (int i = 0; !name(static_cast<E>(i)).empty(); ++i) {
    if (i > 0) list += ", ";
    list.append("\"").append(name(static_cast<E>(i))).append("\"");
  }
  return list;
}

}  // namespace quern::native
