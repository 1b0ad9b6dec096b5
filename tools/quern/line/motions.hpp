// SPDX-License-Identifier: Apache-2.0
// Where vi's motions lead, and what its text objects hold. Pure.
//
// Places are bytes of the text at which characters begin.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

// f t F T and the character that is looked for.
struct Find {
  char kind = 'f';
  std::string wanted;
};

struct Motion {
  std::size_t to = 0;
  bool inclusive = false;  // an operator takes the character there, too
  bool linewise = false;   // an operator takes whole lines
};

struct Stretch {
  std::size_t begin;
  std::size_t end;
};

std::size_t begin_of_line(std::string_view text, std::size_t at);
std::size_t end_of_line(std::string_view text, std::size_t at);
std::size_t first_in_line(std::string_view text, std::size_t at);  // that is no blank
// The last place in a line at which normal mode may stand.
std::size_t last_in_line(std::string_view text, std::size_t at);

// By one of h l w b e W B E 0 ^ $ % G g (for gg). None: it leads nowhere.
std::optional<Motion> move_by(char motion, std::string_view text, std::size_t at,
                              std::optional<int> count);
std::optional<Motion> move_by(const Find& find, std::string_view text, std::size_t at, int count,
                              bool again);
// iw aw iW aW, quotes and brackets, inner or around.
std::optional<Stretch> object_at(bool around, char object, std::string_view text, std::size_t at);

}  // namespace quern
