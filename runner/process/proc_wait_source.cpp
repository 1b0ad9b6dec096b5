// SPDX-License-Identifier: Apache-2.0
#include "proc_wait_source.hpp"

#include "owners_rights.hpp"
#include "process_table.hpp"
#include "unique_fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace quern {
namespace {

// An epoll that watches more is a server's: what lies beyond is not looked at.
constexpr std::size_t most_read = 64 << 10;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// "/proc/TID/NAME" or "/proc/TID/NAME/NUMBER": of a thread that is not its process's first, too.
class Path {
 public:
  Path(pid_t thread, std::string_view name, std::optional<int> number = {}) {
    char* at = append(text_.data(), "/proc/");
    at = std::to_chars(at, end(), thread).ptr;
    at = append(at, "/");
    at = append(at, name);
    if (number) {
      at = append(at, "/");
      at = std::to_chars(at, end(), *number).ptr;
    }
    *at = '\0';
  }
  const char* c_str() const { return text_.data(); }

 private:
  static char* append(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  char* end() { return text_.data() + text_.size() - 1; }

  std::array<char, 64> text_;
};

// Nothing when it cannot be read; errno says why.
std::optional<std::string> read_text(const char* path) {
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 4096> piece;
  while (text.size() < most_read) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    text.append(piece.data(), static_cast<std::size_t>(got));
    // A file of /proc that had room for more had no more.
    if (static_cast<std::size_t>(got) < piece.size() / 2) break;
  }
  return text;
}

std::optional<std::string> read_of(pid_t thread, const Path& path) {
  return look_into(thread, [&] { return read_text(path.c_str()); });
}

bool may_trace() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  return ::syscall(SYS_capget, &header, data) == 0 &&
         (data[0].effective >> CAP_SYS_PTRACE & 1U) != 0;
}

}  // namespace

ProcWaitSource::ProcWaitSource()
    : shows_calls_(read_text("/proc/thread-self/syscall").has_value()) {}

std::vector<pid_t> ProcWaitSource::threads(pid_t process) const {
  const Path path(process, "task");
  struct stat info{};
  // Two links of its own, and one a thread: most processes have one, whose number is theirs.
  if (::stat(path.c_str(), &info) != 0) return {};
  if (info.st_nlink == 3) return {process};
  std::vector<pid_t> threads;
  const std::unique_ptr<DIR, CloseDirectory> tasks(::opendir(path.c_str()));
  if (!tasks) return threads;
  while (const dirent* entry = ::readdir(tasks.get())) {
    const std::string_view name(entry->d_name);
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc{})
      threads.push_back(thread);
  }
  return threads;
}

ProcText ProcWaitSource::syscall(pid_t thread) const {
  if (!shows_calls_) return {{}, ENOSYS};
  auto text = read_of(thread, Path(thread, "syscall"));
  if (text) return {std::move(*text), 0};
  return {{}, errno};
}

char ProcWaitSource::state(pid_t thread) const {
  const auto text = read_text(Path(thread, "stat").c_str());
  const auto stat = text ? parse_stat(*text) : std::nullopt;
  return stat ? stat->state : '?';
}

std::string ProcWaitSource::wchan(pid_t thread) const {
  return read_of(thread, Path(thread, "wchan")).value_or("");
}

std::optional<FileId> ProcWaitSource::file(pid_t thread, int descriptor) const {
  const Path path(thread, "fd", descriptor);
  return look_into(thread, [&]() -> std::optional<FileId> {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return std::nullopt;
    return FileId{info.st_dev, info.st_ino};
  });
}

std::string ProcWaitSource::fdinfo(pid_t thread, int descriptor) const {
  return read_of(thread, Path(thread, "fdinfo", descriptor)).value_or("");
}

bool ProcWaitSource::memory(pid_t thread, std::uint64_t address, std::span<std::byte> into) const {
  const Path path(thread, "mem");
  return look_into(thread, [&] {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return fd && ::pread(fd.get(), into.data(), into.size(), static_cast<off_t>(address)) ==
                     static_cast<ssize_t>(into.size());
  });
}

std::string what_stdin_watch_lacks() {
  if (!read_text("/proc/thread-self/syscall")) return why_blind(ENOSYS);
  // Where this file is not, nobody restricts tracing. 1 is enough: programs descend from us.
  const std::string told = read_text("/proc/sys/kernel/yama/ptrace_scope").value_or("0");
  int scope = 0;
  std::from_chars(told.data(), told.data() + told.size(), scope);
  if (scope >= 3 || (scope == 2 && !may_trace()))
    return "/proc/sys/kernel/yama/ptrace_scope is " + std::to_string(scope) +
           ", so that no process may be looked into";
  return {};
}

std::string why_blind(int error) {
  if (error == ENOSYS) return "this system has no /proc/PID/syscall that can be read";
  if (error == ENOENT) return "/proc does not show the program's processes";
  return std::string("/proc/PID/syscall of the program cannot be read: ") + std::strerror(error);
}

}  // namespace quern
