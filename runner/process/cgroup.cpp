// SPDX-License-Identifier: Apache-2.0
#include "cgroup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace quern {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "quernd.";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return parts;
}

bool names_controller(std::string_view list, char separator, std::string_view controller) {
  const auto names = split(list, separator);
  return std::find(names.begin(), names.end(), controller) != names.end();
}

// What /proc/self/cgroup says of the hierarchy that has the controller: "8:pids:/path" or
// "0::/path".
std::optional<GroupPath> path_in_hierarchy(std::string_view groups, std::string_view controller) {
  std::optional<GroupPath> found;
  for (const std::string_view line : split(groups, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', std::min(first, line.size() - 1) + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (names_controller(controllers, ',', controller))
      return GroupPath{line.substr(second + 1), false};
    if (controllers.empty()) found = GroupPath{line.substr(second + 1), true};
  }
  return found;
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool write_text(const fs::path& path, std::string_view text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::uint64_t to_number(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// v2 gives a group the controllers that its parent passes on. This one may be passed on by a group
// that has processes, as the daemon's own has.
bool passes_on(const fs::path& group) {
  const std::string passed = read_text(group / "cgroup.subtree_control");
  const std::string_view line = std::string_view(passed).substr(0, passed.find('\n'));
  return names_controller(line, ' ', "pids") ||
         write_text(group / "cgroup.subtree_control", "+pids");
}

void remove_with_groups(const fs::path& path) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error))
    if (entry.is_directory(error)) ::rmdir(entry.path().c_str());
  ::rmdir(path.c_str());
}

std::string name_before_pid() {
  struct stat space{};
  if (::stat("/proc/self/ns/pid", &space) != 0) space.st_ino = 0;
  return std::string(prefix) + std::to_string(space.st_ino) + ".";
}

// Of daemons that were killed; who lives has a process with that number, which may be ours by now.
void remove_remains(const fs::path& own) {
  const std::string mine = name_before_pid();
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(own, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(mine)) continue;
    const std::string pid = name.substr(mine.size());
    if (pid == std::to_string(::getpid()) || !fs::exists("/proc/" + pid, error))
      remove_with_groups(entry.path());
  }
}

}  // namespace

std::optional<GroupPath> own_group(std::string_view mountinfo, std::string_view groups,
                                   std::string_view controller) {
  const auto own = path_in_hierarchy(groups, controller);
  if (!own) return std::nullopt;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // ID PARENT DEVICE ROOT WHERE OPTIONS … - TYPE SOURCE OPTIONS
    const auto words = split(line, ' ');
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (std::distance(words.begin(), dash) < 5 || std::distance(dash, words.end()) < 4) continue;
    if (dash[1] != (own->v2 ? "cgroup2" : "cgroup")) continue;
    if (!own->v2 && !names_controller(dash[3], ',', controller)) continue;
    // Only what is below the root of the mount can be seen.
    const std::string below = own->path.lexically_relative(words[3]);
    if (below.empty() || below.starts_with("..")) continue;
    const fs::path mount = words[4];
    return GroupPath{below == "." ? mount : (mount / below).lexically_normal(), own->v2};
  }
  return std::nullopt;
}

std::optional<GroupPath> own_group(std::string_view controller) {
  return own_group(read_text("/proc/self/mountinfo"), read_text("/proc/self/cgroup"), controller);
}

Cgroup::Cgroup(Cgroups& place, fs::path path, UniqueFd members)
    : place_(place), path_(std::move(path)), members_(std::move(members)) {}

Cgroup::~Cgroup() { place_.remove(path_); }

bool Cgroup::take(pid_t pid) {
  const std::string text = std::to_string(pid);
  return ::write(members_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool Cgroup::bound(std::optional<std::uint64_t> processes) {
  // The kernel takes no more than there can be.
  constexpr std::uint64_t most = 1 << 22;
  return write_text(path_ / "pids.max",
                    processes && *processes < most ? std::to_string(*processes) : "max");
}

std::uint64_t Cgroup::processes() const { return to_number(read_text(path_ / "pids.current")); }

std::uint64_t Cgroup::refused() const {
  const std::string events = read_text(path_ / "pids.events");
  constexpr std::string_view key = "max ";
  return events.starts_with(key) ? to_number(std::string_view(events).substr(key.size())) : 0;
}

Cgroups::Cgroups(const std::optional<GroupPath>& own) {
  if (!own) return;
  remove_remains(own->path);
  const fs::path path = own->path / name_of(::getpid());
  if (own->v2 && !passes_on(own->path)) return;
  if (::mkdir(path.c_str(), 0755) != 0) return;
  if ((own->v2 && !passes_on(path)) || !write_text(path / "pids.max", "max"))
    ::rmdir(path.c_str());
  else
    path_ = path;
}

std::string Cgroups::name_of(pid_t daemon) { return name_before_pid() + std::to_string(daemon); }

Cgroups::~Cgroups() {
  if (!work()) return;
  remove_left();
  ::rmdir(path_.c_str());
}

std::unique_ptr<Cgroup> Cgroups::make() {
  if (!work()) return nullptr;
  remove_left();
  fs::path group = path_ / std::to_string(++made_);
  if (::mkdir(group.c_str(), 0755) != 0) return nullptr;
  UniqueFd members(::open((group / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (!members) {
    ::rmdir(group.c_str());
    return nullptr;
  }
  return std::make_unique<Cgroup>(*this, std::move(group), std::move(members));
}

void Cgroups::remove(const fs::path& group) {
  if (::rmdir(group.c_str()) != 0) left_.push_back(group);
}

void Cgroups::remove_left() {
  std::erase_if(left_, [](const fs::path& group) { return ::rmdir(group.c_str()) == 0; });
}

}  // namespace quern
