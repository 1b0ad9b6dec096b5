// SPDX-License-Identifier: Apache-2.0
// The languages that a configuration names.
#pragma once

#include "config.hpp"
#include "languages.hpp"

#include <spdlog/logger.h>

namespace quern {

// All of its folder that this machine has; every one to be kept warm is among them. Throws
// std::runtime_error with a sentence.
Languages configured_languages(const Config& config, const Environment& base, spdlog::logger& log);

}  // namespace quern
