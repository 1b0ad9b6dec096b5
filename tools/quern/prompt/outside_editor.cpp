// SPDX-License-Identifier: Apache-2.0
#include "outside_editor.hpp"

#include "owned_fd.hpp"
#include "signals.hpp"
#include "temp_folder.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace quern {
namespace {

constexpr int meanwhile_ms = 2'000;
constexpr int not_found = 127;  // of a shell

std::string editor() {
  for (const char* name : {"VISUAL", "EDITOR"})
    if (const char* value = std::getenv(name); value && *value) return value;
  return "vi";
}

// By the shell, for $EDITOR may have arguments.
pid_t start(const std::string& command, const std::string& file) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  Signals::unblock_all();
  ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", file.c_str(), nullptr);
  ::_exit(not_found);
}

int wait_for(pid_t pid, const std::function<void()>& meanwhile) {
  const OwnedFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{fd.get(), POLLIN, 0};
  while (fd) {
    const int count = ::poll(&ended, 1, meanwhile_ms);
    if (count > 0) break;
    if (count == 0) meanwhile();
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

}  // namespace

std::optional<Error> edit_file_outside(const std::string& file,
                                       const std::function<void()>& meanwhile) {
  const std::string program = editor();
  const pid_t pid = start(program + " \"$1\"", file);
  if (pid < 0) return Error{ErrorCode::io, "No process can be started just now."};
  const int status = wait_for(pid, meanwhile);
  if (WIFEXITED(status) && WEXITSTATUS(status) == not_found)
    return Error{ErrorCode::not_found,
                 "The editor \"" + program + "\" is not there; name another in EDITOR."};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return Error{ErrorCode::io, "The editor \"" + program + "\" failed; the text is as it was."};
  return std::nullopt;
}

Result<std::string> edit_outside(const std::string& text, const std::string& file_name,
                                 const std::function<void()>& meanwhile) {
  const TempFolder folder;
  const std::string file = folder.path() / file_name;
  if (!(std::ofstream(file, std::ios::binary) << text << "\n"))
    return Error{ErrorCode::io, "The text cannot be written to " + file + "."};
  if (const std::optional<Error> trouble = edit_file_outside(file, meanwhile)) return *trouble;
  std::ifstream in(file, std::ios::binary);
  std::string edited{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) return Error{ErrorCode::io, file + " cannot be read again."};
  while (!edited.empty() && edited.back() == '\n') edited.pop_back();
  return edited;
}

}  // namespace quern
