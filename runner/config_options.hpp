// SPDX-License-Identifier: Apache-2.0
// The one table of quernd's options: how each is called in every source, and what it sets.
#pragma once

#include "config.hpp"

#include <span>
#include <string>
#include <string_view>

namespace quern {

struct Option {
  // What a file may hold for it. Flags and variables are words, with commas between those of a
  // list.
  enum class Kind { text, number, flag, list, counts, list_or_counts };

  std::string_view name;  // --NAME, and QUERND_NAME in capitals
  std::string_view key;   // in a file; empty when it makes no sense there
  Kind kind;
  std::string_view type;  // as --help shows it
  std::string_view help;
  // Takes one word. Returns nothing, or what is wrong with it as a sentence without its full stop.
  std::string (*set)(Config& config, const std::string& word);
  // Of a list: forgets what an earlier source has said.
  void (*clear)(Config& config) = nullptr;

  std::string flag() const { return "--" + std::string(name); }
  std::string variable() const;
  bool several() const { return kind >= Kind::list; }
};

std::span<const Option> options();

}  // namespace quern
