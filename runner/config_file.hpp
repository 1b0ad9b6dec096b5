// SPDX-License-Identifier: Apache-2.0
// The file of --config: TOML, in which every mistake has its line.
#pragma once

#include "config_source.hpp"

#include <string>

namespace quern {

ConfigSource read_config_file(const std::string& path);

}  // namespace quern
