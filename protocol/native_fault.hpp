// SPDX-License-Identifier: Apache-2.0
// What is wrong with a head, told so that its author can mend it.
//
// A reader that finds a fault writes it here and returns false; each map or array around it puts
// its own key in front while the reading unwinds. Holds the first fault only.
#pragma once

#include "error.hpp"

#include <msgpack.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace quern::native {

class Fault {
 public:
  // All return false, so that a reader can end with `return fault.wrong(…)`.
  bool wrong(std::string_view expected, const msgpack::object& came);
  bool missing(std::string_view expected);
  bool says(std::string sentence);  // a finished sentence that names its keys itself
  bool within(std::string_view key);
  bool within(std::size_t element);

  std::string sentence() const;

 private:
  std::string path_;
  std::string text_;
  bool about_key_ = true;
};

// What came instead, in few words: `"foo"`, `7`, `nil`, `a map`.
std::string described(const msgpack::object& came);

}  // namespace quern::native
