// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include "failure.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace quern {
namespace {

// A pipe that polls writable takes so much without blocking (PIPE_BUF); more could put us to sleep.
constexpr std::size_t surely_taken = 4096;
constexpr int look_up_ms = 200;

bool never_blocks(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// Colours that are switched off behind a newline leave the cursor where it is.
std::string_view without_colours(std::string_view bytes) {
  while (bytes.ends_with('m')) {
    const std::size_t begin = bytes.rfind("\x1b[");
    if (begin == std::string_view::npos ||
        bytes.find_first_not_of("0123456789;:", begin + 2) != bytes.size() - 1)
      break;
    bytes = bytes.substr(0, begin);
  }
  return bytes;
}

}  // namespace

bool Writer::write(int fd, std::string_view bytes) {
  if (const std::string_view text = without_colours(bytes); !text.empty()) last_ = text.back();
  const std::size_t most = never_blocks(fd) ? bytes.size() : surely_taken;
  while (!bytes.empty()) {
    pollfd ready{fd, POLLOUT, 0};
    if (::poll(&ready, 1, look_up_ms) == 0) {
      if (while_blocked) while_blocked();
      continue;
    }
    const ssize_t taken = ::write(fd, bytes.data(), std::min(bytes.size(), most));
    if (taken >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(taken));
    else if (errno != EINTR && errno != EAGAIN)
      return false;
  }
  return true;
}

void Writer::out(std::string_view bytes) {
  if (write(STDOUT_FILENO, bytes)) return;
  if (errno == EPIPE) throw OutputClosed{};
  throw Failure(std::string("stdout cannot be written: ") + std::strerror(errno) + ".");
}

void Writer::tell_terminal(std::string_view controls) {
  const char last = last_;
  out(controls);
  last_ = last;
}

void Writer::err(std::string_view bytes) { write(STDERR_FILENO, bytes); }

void Writer::say(std::string_view sentence) {
  if (!at_line_start() && ::isatty(STDERR_FILENO)) err("\n");
  err("quern: " + std::string(sentence) + "\n");
}

}  // namespace quern
