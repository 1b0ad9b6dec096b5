// SPDX-License-Identifier: Apache-2.0
#include "process_table.hpp"

#include "owners_rights.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

namespace quern {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// A file's first bytes. Nothing when it cannot be read: its process is gone, or not ours to look
// at.
template <std::size_t Size>
std::optional<std::string_view> read_into(std::array<char, Size>& buffer, int directory,
                                          const char* path) {
  const UniqueFd fd(::openat(directory, path, O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got < 0) return std::nullopt;
  return std::string_view(buffer.data(), static_cast<std::size_t>(got));
}

std::optional<std::string> read_all(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 16 << 10> piece;
  for (;;) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

std::string proc_path(pid_t pid, const char* file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

Directory open_proc() {
  Directory proc(::opendir("/proc"));
  if (!proc) throw std::system_error(errno, std::generic_category(), "cannot list /proc");
  return proc;
}

std::string link_target(int directory, const char* path) {
  std::array<char, 256> target;
  const ssize_t size = ::readlinkat(directory, path, target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

// Of all threads together.
std::optional<std::vector<pid_t>> children_of(const std::string& task_directory) {
  const Directory tasks(::opendir(task_directory.c_str()));
  if (!tasks) return std::nullopt;
  std::vector<pid_t> children;
  while (const dirent* entry = ::readdir(tasks.get())) {
    if (entry->d_name[0] == '.') continue;
    const auto text = read_all(task_directory + "/" + entry->d_name + "/children");
    if (!text) return std::nullopt;  // not in this kernel, or a thread has ended just now
    const std::vector<pid_t> of_one = parse_children(*text);
    children.insert(children.end(), of_one.begin(), of_one.end());
  }
  return children;
}

constexpr int most_looks_at_exec = 50;   // it lasts microseconds, longer on a busy machine
constexpr std::size_t stat_size = 1024;  // 52 numbers and a name of at most 64 bytes

std::uint64_t page_size() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

std::chrono::microseconds from_ticks(std::uint64_t ticks) {
  const auto a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return std::chrono::microseconds(ticks * 1'000'000 / a_second);
}

}  // namespace

ProcessTable read_process_table() {
  ProcessTable table;
  const Directory proc = open_proc();
  std::array<char, stat_size> text;
  std::array<char, 32> path;
  while (const dirent* entry = ::readdir(proc.get())) {
    const std::size_t size = std::strlen(entry->d_name);
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || size > 20) continue;
    std::memcpy(path.data(), entry->d_name, size);
    std::memcpy(path.data() + size, "/stat", sizeof "/stat");
    const auto read = read_into(text, ::dirfd(proc.get()), path.data());
    const auto stat = read ? parse_stat(*read) : std::nullopt;
    if (stat)
      table.processes.push_back(*stat);
    else
      ++table.vanished;
  }
  return table;
}

std::optional<ProcessStat> read_stat(pid_t pid) {
  std::array<char, stat_size> text;
  const auto read = read_into(text, AT_FDCWD, proc_path(pid, "stat").c_str());
  return read ? parse_stat(*read) : std::nullopt;
}

ProcessTable read_processes_below(const std::vector<pid_t>& tops) {
  ProcessTable table;
  std::vector<pid_t> pids = tops;
  for (std::size_t next = 0; next < pids.size(); ++next) {
    const auto stat = read_stat(pids[next]);
    const auto children = stat ? children_of(proc_path(pids[next], "task")) : std::nullopt;
    if (stat) table.processes.push_back(*stat);
    if (children)
      pids.insert(pids.end(), children->begin(), children->end());
    else
      ++table.vanished;
  }
  return table;
}

// Only its first thread starts processes, and the kernel gives orphans to the first one too.
std::optional<std::vector<pid_t>> read_own_children() {
  const auto text = read_all("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  if (!text) return std::nullopt;  // not in this kernel
  return parse_children(*text);
}

bool started_with(pid_t pid, std::string_view environment_entry) {
  for (int look = 0;; ++look) {
    const auto environ = look_into(pid, [pid] { return read_all(proc_path(pid, "environ")); });
    if (!environ) return false;
    if (!environ->empty()) return environment_has(*environ, environment_entry);
    // Between its old program and its new one a process has neither environment nor arguments; a
    // program that was started without an environment has arguments.
    const auto arguments = read_all(proc_path(pid, "cmdline"));
    if (!arguments || !arguments->empty() || look == most_looks_at_exec) return false;
    ::sched_yield();
  }
}

std::string image_of(pid_t pid) {
  const auto arguments = read_all(proc_path(pid, "cmdline"));
  return link_target(AT_FDCWD, proc_path(pid, "exe").c_str()) + '\0' + arguments.value_or("");
}

bool catches(pid_t pid, int number) {
  return status_catches(read_all(proc_path(pid, "status")).value_or(""), number);
}

// As the links in /proc/PID/fd have it; asking for those takes five times as long.
std::string kinship_of(int own_descriptor) {
  struct stat info{};
  if (::fstat(own_descriptor, &info) != 0) return {};
  if (S_ISFIFO(info.st_mode)) return "pipe:[" + std::to_string(info.st_ino) + "]";
  if (S_ISSOCK(info.st_mode)) return "socket:[" + std::to_string(info.st_ino) + "]";
  if (!S_ISCHR(info.st_mode)) return {};
  std::string target = link_target(
      AT_FDCWD, proc_path(::getpid(), ("fd/" + std::to_string(own_descriptor)).c_str()).c_str());
  return target.starts_with("/dev/pts/") ? target : std::string();
}

bool holds_one_of(pid_t pid, const std::vector<std::string>& kinships) {
  if (kinships.empty()) return false;
  const auto look = [&]() -> std::optional<bool> {
    const Directory descriptors(::opendir(proc_path(pid, "fd").c_str()));
    if (!descriptors) return std::nullopt;
    while (const dirent* entry = ::readdir(descriptors.get())) {
      if (entry->d_name[0] == '.') continue;
      errno = 0;
      const std::string target = link_target(::dirfd(descriptors.get()), entry->d_name);
      if (target.empty() && errno == EACCES) return std::nullopt;
      if (std::find(kinships.begin(), kinships.end(), target) != kinships.end()) return true;
    }
    return false;
  };
  return look_into(pid, look).value_or(false);
}

std::uint64_t resident_bytes(const ProcessStat& process) { return process.rss_pages * page_size(); }

std::uint64_t proportional_bytes(const ProcessStat& process) {
  const auto text =
      look_into(process.pid, [&] { return read_all(proc_path(process.pid, "smaps_rollup")); });
  const auto pss = text ? parse_pss(*text) : std::nullopt;
  return pss.value_or(resident_bytes(process));
}

std::chrono::microseconds cpu_of(const ProcessStat& process) {
  clockid_t clock{};
  timespec used{};
  if (!process.dead() && ::clock_getcpuclockid(process.pid, &clock) == 0 &&
      ::clock_gettime(clock, &used) == 0)
    return std::chrono::microseconds(used.tv_sec * 1'000'000 + used.tv_nsec / 1000);
  return from_ticks(process.own_ticks);
}

std::chrono::microseconds cpu_waited_of(const ProcessStat& process) {
  return from_ticks(process.waited_ticks);
}

UniqueFd open_process(const ProcessStat& process) {
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!fd) return fd;
  // The number may have passed to another before it was opened; now that it is open it cannot any
  // more.
  const auto now = read_stat(process.pid);
  if (!now || now->started != process.started) fd.reset();
  return fd;
}

}  // namespace quern
