// SPDX-License-Identifier: Apache-2.0
#include "user_folder.hpp"

#include <cstdlib>

namespace quern {

std::filesystem::path user_folder(const char* variable, const char* usual) {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv(variable); named && *named == '/')
    return fs::path(named) / "quern";
  if (const char* home = std::getenv("HOME"); home && *home == '/')
    return fs::path(home) / usual / "quern";
  return {};
}

}  // namespace quern
