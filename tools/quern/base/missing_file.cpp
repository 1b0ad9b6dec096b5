// SPDX-License-Identifier: Apache-2.0
#include "missing_file.hpp"

#include "nearest.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

namespace quern {
namespace {

namespace fs = std::filesystem;

// A folder of more has too many names for one of them to be meant.
constexpr std::size_t most_names = 4096;

}  // namespace

std::string near_name(const std::string& path) {
  const fs::path wanted(path);
  const fs::path folder = wanted.has_parent_path() ? wanted.parent_path() : fs::path(".");
  std::vector<std::string> names;
  std::error_code failed;  // a folder that cannot be read has no names for us
  for (fs::directory_iterator at(folder, failed), end;
       !failed && at != end && names.size() < most_names; at.increment(failed))
    names.push_back(at->path().filename().string());
  const std::string_view meant = nearest(wanted.filename().string(), names);
  if (meant.empty()) return {};
  return wanted.has_parent_path() ? (wanted.parent_path() / meant).string() : std::string(meant);
}

Failure cannot_be_opened(const std::string& path, int error) {
  if (error == EACCES)
    return Failure(path + " may not be read by you (Permission denied); see ls -l " + path +
                   " for who may.");
  if (error != ENOENT) return Failure(path + " cannot be opened: " + std::strerror(error) + ".");
  const std::string start = "there is no file \"" + path + "\"";
  if (const std::string meant = near_name(path); !meant.empty())
    return Failure(start + "; did you mean \"" + meant + "\"?");
  std::error_code unknown;  // then we do not say where we are
  const fs::path here = fs::current_path(unknown);
  if (fs::path(path).is_absolute() || unknown) return Failure(start + ".");
  return Failure(start + " in " + here.string() + ".");
}

}  // namespace quern
