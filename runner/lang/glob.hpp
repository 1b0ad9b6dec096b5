// SPDX-License-Identifier: Apache-2.0
// The patterns that a manifest may name files by. Pure: looks at names, never at a disk.
//
// `*` and `?` stay within one name and do not match a leading dot; `**/` stands for any folders,
// none included, that are not hidden. A pattern that ends in a slash means a folder, any other a
// file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quern {

bool glob_matches(std::string_view pattern, std::string_view path);

// Those of the paths that match, sorted by their bytes, each once.
std::vector<std::string> glob(std::string_view pattern, const std::vector<std::string>& paths);

}  // namespace quern
