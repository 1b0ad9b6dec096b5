// SPDX-License-Identifier: Apache-2.0
// The daemon's log, to its stderr: decisions with ids, never code or output of programs.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace quern {

std::shared_ptr<spdlog::logger> make_log(const std::string& level, const std::string& format);

}  // namespace quern
