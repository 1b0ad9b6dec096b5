// SPDX-License-Identifier: Apache-2.0
#include "trial.hpp"

#include "guard.hpp"

#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quern {
namespace {

// Behind all words: the child's status does not tell, for the user may have SIGCHLD ignored and so
// has no statuses.
const char* const end_word = "end";
const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};

std::string pack(const Words& words) {
  std::string bytes;
  for (const std::string& word : words) {
    std::uint64_t size = word.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes += word;
  }
  return bytes;
}

std::optional<Words> unpack(const std::string& bytes) {
  Words words;
  std::uint64_t size = 0;
  for (std::size_t at = 0; at + sizeof size <= bytes.size(); at += size) {
    std::memcpy(&size, bytes.data() + at, sizeof size);
    at += sizeof size;
    if (size > bytes.size() - at) {
      return std::nullopt;
    }
    words.push_back(bytes.substr(at, size));
  }
  if (words.empty() || words.back() != end_word) {
    return std::nullopt;
  }
  words.pop_back();
  return words;
}

sigjmp_buf crash_site;

void come_back(int) { siglongjmp(crash_site, 1); }

// Any number of user threads may have been at work at the fork: only what ends at once is left to
// do here.
[[noreturn]] void answer(int fd, unsigned seconds, const std::function<Words()>& work) {
  signal(SIGINT, SIG_IGN);
  signal(SIGALRM, SIG_DFL);
  alarm(seconds);
  for (int number : crashes) {
    signal(number, SIG_DFL);
  }
  rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  Words words = work();
  words.push_back(end_word);
  std::string bytes = pack(words);
  for (std::size_t at = 0; at < bytes.size();) {
    ssize_t count = write(fd, bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno != EINTR) {
      _exit(1);
    }
    at += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  _exit(0);
}

}  // namespace

bool survived(const std::function<void()>& work) {
  if (sigsetjmp(crash_site, 1) != 0) {
    return false;
  }
  for (int number : crashes) {
    signal(number, come_back);
  }
  work();
  return true;
}

std::optional<Words> in_a_child(Guard& guard, unsigned seconds,
                                const std::function<Words()>& work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  pid_t child = fork();
  if (child == 0) {
    answer(ends[1], seconds, work);
  }
  close(ends[1]);
  guard.watch(child);
  if (guard.interrupted() && child > 0) {
    kill(child, SIGKILL);  // it came before there was a child to kill
  }
  std::string bytes;
  char piece[65536];
  for (ssize_t count; (count = read(ends[0], piece, sizeof piece)) != 0;) {
    if (count > 0) {
      bytes.append(piece, static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      break;
    }
  }
  close(ends[0]);
  guard.watch(0);
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return unpack(bytes);
}

}  // namespace quern
