// SPDX-License-Identifier: Apache-2.0
#include "find_program.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>

namespace quern {
namespace {

constexpr const char* usual_path =
    "/usr/local/bin:/usr/bin:/bin";  // where the environment has no PATH

bool holds_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

// What execve() would silently cut off or the program would never find.
std::optional<std::string> nonsense_in(const Command& command) {
  if (command.argv.empty() || command.argv.front().empty()) return "no program is named";
  if (std::any_of(command.argv.begin(), command.argv.end(), holds_nul))
    return "an argument holds a NUL byte";
  if (holds_nul(command.cwd)) return "the directory's name holds a NUL byte";
  for (const auto& [name, value] : command.env) {
    if (holds_nul(name) || holds_nul(value))
      return "a variable of the environment holds a NUL byte";
    if (name.empty() || name.find('=') != std::string::npos)
      return "a variable of the environment has no proper name";
  }
  for (const Command::Descriptor& one : command.descriptors)
    if (one.in_child < 0 || one.ours < 0) return "a descriptor has a negative number";
  return std::nullopt;
}

// Directories of PATH are those of the program's directory, as it will be when it looks.
std::string in_directory(std::string directory, const Command& command) {
  if (directory.empty()) directory = ".";
  if (directory.front() != '/' && !command.cwd.empty()) directory = command.cwd + "/" + directory;
  return directory + "/" + command.argv.front();
}

bool is_file(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

using Found = boost::system::result<std::string, LaunchError>;

Found find_program(const Command& command) {
  if (const auto nonsense = nonsense_in(command)) {
    const std::string name =
        command.argv.empty() ? "" : "`" + command.argv.front().substr(0, 200) + "`";
    return LaunchError{"check command", EINVAL,
                       "cannot start " + (name.empty() ? "it" : name) + ": " + *nonsense};
  }
  const std::string& name = command.argv.front();
  if (name.find('/') != std::string::npos) return Found(boost::system::in_place_value, name);

  const auto path = command.env.find("PATH");
  std::string_view left = path != command.env.end() ? std::string_view(path->second) : usual_path;
  bool forbidden = false;
  for (bool more = true; more;) {
    const std::size_t size = std::min(left.find(':'), left.size());
    const std::string candidate = in_directory(std::string(left.substr(0, size)), command);
    more = size < left.size();
    left.remove_prefix(std::min(size + 1, left.size()));
    if (!is_file(candidate)) continue;
    if (::faccessat(AT_FDCWD, candidate.c_str(), X_OK, AT_EACCESS) == 0)
      return Found(boost::system::in_place_value, candidate);
    forbidden = true;
  }
  const int number = forbidden ? EACCES : ENOENT;
  const std::string reason =
      forbidden ? "the one in PATH may not be executed" : "no such program in PATH";
  return LaunchError{"find program", number, "cannot start `" + name + "`: " + reason};
}

}  // namespace quern
