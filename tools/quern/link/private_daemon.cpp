// SPDX-License-Identifier: Apache-2.0
#include "private_daemon.hpp"

#include "failure.hpp"
#include "installation.hpp"
#include "signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace quern {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds start_patience{10'000};
// Longer than the daemon's own grace for programs that do not heed TERM.
constexpr milliseconds end_patience{4'000};
constexpr int ready_in_child = 3;

bool readable(int fd, milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{fd, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (count >= 0 || errno != EINTR) return count == 1;
  }
}

// In the child: what happens here may only call what is safe between fork and exec.
[[noreturn]] void become(const std::vector<char*>& argv, pid_t parent, int ready, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(own_failure);  // it went before the line above
  Signals::unblock_all();
  ::setsid();
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  if (ready == ready_in_child)
    ::fcntl(ready, F_SETFD, 0);
  else
    ::dup2(ready, ready_in_child);
  ::close_range(ready_in_child + 1, ~0U, 0);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

PrivateDaemon::PrivateDaemon() {
  // Keys are for a daemon that others may reach; this one has a folder that only we may enter.
  for (const char* name : {"QUERND_CURVE_SECRET_KEY", "QUERND_AUTHORIZED_KEYS"}) ::unsetenv(name);
  std::vector<std::string> words = {find_quernd(),
                                    "--endpoint",
                                    endpoint(),
                                    "--langs",
                                    find_langs(),
                                    "--work-dir",
                                    ".",
                                    "--state-dir",
                                    folder_.path() / "state",
                                    "--log-level",
                                    "error",
                                    "--ready-fd",
                                    std::to_string(ready_in_child)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Failure("no pipe can be made for the private daemon.");
  const OwnedFd ready(ends[0]);
  OwnedFd ready_in(ends[1]);
  const OwnedFd log(
      ::open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const pid_t self = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw Failure("no process can be started for the private daemon.");
  if (pid_ == 0) become(argv, self, ready_in.get(), log.get());
  ready_in.reset();
  pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  try {
    await_ready(ready.get());
  } catch (...) {
    end();  // a constructor that throws has no destructor
    throw;
  }
}

void PrivateDaemon::await_ready(int ready) {
  if (!pidfd_)
    throw Failure(
        "this kernel has no pidfd_open (Linux 5.3); start quernd yourself and use --endpoint.");
  if (!readable(ready, start_patience))
    throw Failure("the private daemon did not come up within 10 s.");
  char word = 0;
  if (::read(ready, &word, 1) == 1) return;
  readable(pidfd_.get(), end_patience);
  const std::string words = last_words();
  throw Failure("the private daemon did not come up" +
                (words.empty() ? std::string(".") : ": " + words));
}

PrivateDaemon::~PrivateDaemon() { end(); }

void PrivateDaemon::end() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);  // ours until we have waited for it: the number cannot be somebody else's
  if (pidfd_ && !readable(pidfd_.get(), end_patience)) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::string PrivateDaemon::last_words() const {
  std::ifstream log(folder_.path() / "log");
  std::string line, last;
  while (std::getline(log, line))
    if (!line.empty()) last = line;
  return last;
}

}  // namespace quern
