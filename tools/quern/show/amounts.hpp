// SPDX-License-Identifier: Apache-2.0
// Limits and variables as people write them: `wall=10s`, `memory=512M`, `NAME=value`. Pure.
#pragma once

#include "request.hpp"

#include <string>
#include <vector>

namespace quern {

// `10s`, `500ms`, `2m`, `1h`; a bare number means seconds. Throws Failure with a sentence, as do
// the others.
milliseconds duration_of(const std::string& text);
// `1048576`, `512K`, `64M`, `2G`, each also as `KiB` or `KB`: powers of 1024.
std::uint64_t size_of(const std::string& text);

RunLimits limits_of(const std::vector<std::string>& settings);
Environment environment_of(const std::vector<std::string>& settings);

inline constexpr const char* limits_in_words =
    "wall=10s cpu=5s memory=512M output=10M processes=50 fsize=1G; may be repeated";

}  // namespace quern
