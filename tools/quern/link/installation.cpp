// SPDX-License-Identifier: Apache-2.0
#include "installation.hpp"

#include "failure.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <system_error>

namespace quern {
namespace {

namespace fs = std::filesystem;

fs::path own_folder() {
  std::error_code failed;
  const fs::path self = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path() : self.parent_path();
}

bool is_program(const fs::path& file) {
  std::error_code ignored;  // what cannot be looked at is not there for us
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

}  // namespace

fs::path find_quernd() {
  if (const char* named = variable("QUERND_BIN")) {
    if (is_program(named)) return fs::absolute(named);
    throw Failure(std::string("QUERND_BIN says ") + named + ", but there is no such program.");
  }
  if (const fs::path beside = own_folder() / "quernd"; is_program(beside)) return beside;
  const char* path = variable("PATH");
  for (std::string_view rest = path ? path : ""; !rest.empty();) {
    const std::size_t colon = rest.find(':');
    const fs::path file = fs::path(rest.substr(0, colon)) / "quernd";
    if (colon != 0 && is_program(file)) return fs::absolute(file);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  throw Failure(
      "no daemon is running and the program quernd is neither beside quern nor on PATH; install "
      "it, or "
      "say with QUERND_BIN where it is, or with --endpoint where a daemon listens.");
}

fs::path find_langs() {
  if (const char* named = variable("QUERND_LANGS")) {
    std::error_code ignored;
    if (fs::is_directory(named, ignored)) return fs::absolute(named);
    throw Failure(std::string("QUERND_LANGS says ") + named + ", but there is no such folder.");
  }
  const fs::path own = own_folder();
  for (const fs::path& candidate : {own / "../../../langs", own / "../langs",
                                    own / "../share/quern/langs", fs::path("/opt/quern/langs")}) {
    std::error_code ignored;
    if (fs::is_directory(candidate, ignored)) return fs::canonical(candidate);
  }
  throw Failure("the folder of languages is not to be found; say with QUERND_LANGS where it is.");
}

std::string default_endpoint() {
  return own_folder() == "/opt/quern/bin" ? "ipc:///run/quern/quern.sock" : "tcp://127.0.0.1:7837";
}

}  // namespace quern
