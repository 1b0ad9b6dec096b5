// SPDX-License-Identifier: Apache-2.0
#include "nursery.hpp"

#include "channel.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quern {
namespace {

constexpr int fd_count = 5;  // a worker's 0 to 4
constexpr int first_aside = 100;

// The socket's frames come with descriptors, on the first byte.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}

  // False at the end.
  bool receive(std::string& bytes, std::vector<int>& fds) const {
    char piece[65536];
    alignas(cmsghdr) char control[CMSG_SPACE(fd_count * sizeof(int))];
    iovec into{piece, sizeof piece};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t count;
    while ((count = recvmsg(fd_, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    if (count <= 0) {
      return false;
    }
    bytes.append(piece, static_cast<std::size_t>(count));
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
      if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        std::size_t number = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        const int* passed = reinterpret_cast<const int*>(CMSG_DATA(header));
        fds.insert(fds.end(), passed, passed + number);
      }
    }
    return true;
  }

 private:
  int fd_;
};

void put_in_place(const std::vector<int>& fds) {
  for (int i = 0; i < fd_count; ++i) {
    if (dup3(fds[static_cast<std::size_t>(i)], first_aside + i, O_CLOEXEC) < 0) {
      throw std::runtime_error("a descriptor cannot be moved");
    }
  }
  for (int i = 0; i < fd_count; ++i) {
    dup2(first_aside + i, i);
    close(first_aside + i);
    close(fds[static_cast<std::size_t>(i)]);
  }
}

void take_environment(const std::string& variables) {
  clearenv();
  for (const char* at = variables.data(); at < variables.data() + variables.size();
       at += std::strlen(at) + 1) {
    if (const char* equals = std::strchr(at, '=')) {
      setenv(std::string(at, equals).c_str(), equals + 1, 1);
    }
  }
}

// In the new process: 0 and the trouble, or its pid, is said to `tell`.
void become(const Frame& request, const std::vector<int>& fds, int tell) {
  std::string word = std::to_string(getpid());
  int aside = fcntl(tell, F_DUPFD_CLOEXEC, first_aside + fd_count);
  try {
    setsid();
    put_in_place(fds);
    if (const std::string* env = request.part("env")) {
      take_environment(*env);
    }
    const std::string* cwd = request.part("cwd");
    if (cwd && !cwd->empty() && chdir(cwd->c_str()) != 0) {
      throw std::runtime_error("cannot change to " + *cwd + ": " + std::strerror(errno));
    }
  } catch (const std::exception& error) {
    word = std::string("0 ") + error.what();
  }
  if (write(aside, word.data(), word.size()) < 0 || word[0] == '0') {
    _exit(1);
  }
  close(aside);
  signal(SIGINT, SIG_DFL);
}

// It is the daemon's child when the process between them has gone; if asked before, the signal came
// of that.
void die_with_the_daemon(pid_t between) {
  while (getppid() == between) {
    sched_yield();
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// True in the new worker. In the template: its pid, or what went wrong.
bool fork_worker(const Frame& request, const std::vector<int>& fds, std::string& pid_or_trouble) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    pid_or_trouble = "0 no pipe";
    return false;
  }
  pid_t middle = fork();
  if (middle == 0) {
    pid_t between = getpid();
    if (fork() != 0) {
      _exit(0);
    }
    become(request, fds, ends[1]);
    die_with_the_daemon(between);
    close(ends[0]);
    close(ends[1]);
    return true;
  }
  close(ends[1]);
  while (middle > 0 && waitpid(middle, nullptr, 0) < 0 && errno == EINTR) {
  }
  char piece[4096];
  for (ssize_t count; (count = read(ends[0], piece, sizeof piece)) != 0;) {
    if (count > 0) {
      pid_or_trouble.append(piece, static_cast<std::size_t>(count));
    }
  }
  close(ends[0]);
  return false;
}

}  // namespace

void hatch(const char* version, const char* title) {
  signal(SIGINT, SIG_IGN);
  fcntl(3, F_SETFD, FD_CLOEXEC);
  Socket socket(3);
  Channel channel(-1, 4);
  channel.write({"ready", {{"version", version}}, {{"title", title}}});
  for (;;) {
    std::vector<int> fds;
    std::string bytes;
    if (!socket.receive(bytes, fds)) {
      _exit(0);
    }
    std::optional<Frame> request;
    while (!(request = Channel::parse(bytes)) && socket.receive(bytes, fds)) {
    }
    std::string word = "0 a template answers only fork, with five descriptors";
    if (request && request->kind == "fork" && fds.size() == fd_count) {
      word.clear();
      if (fork_worker(*request, fds, word)) {
        return;
      }
    }
    for (int fd : fds) {
      close(fd);
    }
    bool made = !word.empty() && word[0] != '0';
    if (made) {
      channel.write({"forked", {{"pid", word}}, {}});
    } else {
      std::string trouble =
          word.size() > 2 ? word.substr(2) : "the new worker died before it had begun";
      channel.write(
          {"error", {{"kind", "runtime"}}, {{"name", "ForkError"}, {"message", trouble}}});
    }
    channel.write({"done", {{"status", made ? "ok" : "error"}}, {}});
  }
}

}  // namespace quern
