// SPDX-License-Identifier: Apache-2.0
// The files that a batch run brings, and those that its rules look at. Blocking: for the file
// thread.
#pragma once

#include "adapter.hpp"
#include "error.hpp"
#include "request.hpp"

#include <filesystem>
#include <vector>

namespace quern {

// Whether these may be written below a work dir: relative, without `..`, none of them twice.
Result<void> check_files(const std::vector<File>& files);

// An empty text when all were written, else what went wrong.
std::string write_files(const std::filesystem::path& dir, const std::vector<File>& files);

// Everything below the work dir that rules may match, as far as is sensible.
Listing list_work_dir(const std::filesystem::path& dir);

}  // namespace quern
