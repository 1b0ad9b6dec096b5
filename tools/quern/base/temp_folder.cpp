// SPDX-License-Identifier: Apache-2.0
#include "temp_folder.hpp"

#include "failure.hpp"

#include <cstdlib>
#include <cstring>
#include <system_error>

namespace quern {
namespace {

// The path of a Unix socket in it must fit into 108 bytes.
constexpr std::size_t longest_parent = 64;

}  // namespace

TempFolder::TempFolder() {
  const char* named = std::getenv("TMPDIR");
  const bool usable = named && *named == '/' && std::strlen(named) <= longest_parent;
  std::string name = std::string(usable ? named : "/tmp") + "/quern-XXXXXX";
  if (!::mkdtemp(name.data()))
    throw Failure("no folder can be made in " + std::string(usable ? named : "/tmp") + ": " +
                  std::strerror(errno) +
                  "; say with TMPDIR where one can, or with --endpoint where a daemon listens.");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;  // nobody is left to be told
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace quern
