// SPDX-License-Identifier: Apache-2.0
// Where what is ours of one kind is kept for this person, as the XDG base directories say.
#pragma once

#include <filesystem>

namespace quern {

// The folder that the variable names, else the usual one below the home folder; in it, ours. Empty:
// there is neither.
std::filesystem::path user_folder(const char* variable, const char* usual);

}  // namespace quern
