// SPDX-License-Identifier: Apache-2.0
// What one source says: words for options, each with its place, before anything is made of them.
#pragma once

#include "config_options.hpp"

#include <map>
#include <string>
#include <vector>

namespace quern {

struct Word {
  std::string text;
  std::string place;  // a flag, a variable, FILE:LINE
};

struct ConfigSource {
  std::map<const Option*, std::vector<Word>> given;
  std::vector<std::string> mistakes;  // sentences without their full stops
};

}  // namespace quern
