// SPDX-License-Identifier: Apache-2.0
#include "template.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace quern::fork_template {
namespace {

constexpr size_t given_count = 5;
constexpr int above = 64;  // out of the way of 0 to 4
using Descriptors = std::array<int, given_count>;

// Reads what there is; takes the descriptors that come with it. Gives nothing at the end.
std::string receive(int from, Descriptors& given) {
  std::string data(1 << 16, '\0');
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * given_count)];
  iovec place = {data.data(), data.size()};
  msghdr message = {};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t count;
  do {
    count = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int) * given_count)) {
      std::memcpy(given.data(), CMSG_DATA(header), sizeof(int) * given_count);
    }
  }
  data.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return data;
}

void become(Session& session, const Request& request, Descriptors given, int requests,
            int replies) {
  setsid();
  close(requests);
  close(replies);
  for (int& fd : given) fd = fcntl(fd, F_DUPFD_CLOEXEC, above);
  for (size_t i = 0; i < given_count; ++i) dup2(given[i], static_cast<int>(i));
  for (const int fd : given) close(fd);
  if (const std::string* variables = request.part("env")) {
    clearenv();
    for (size_t at = 0; at < variables->size();) {
      const std::string variable = variables->c_str() + at;
      at += variable.size() + 1;
      const size_t equals = variable.find('=');
      if (equals != std::string::npos)
        setenv(variable.substr(0, equals).c_str(), variable.c_str() + equals + 1, 1);
    }
  }
  const std::string* folder = request.part("cwd");
  session.settle(folder ? *folder : "");
}

// It is the daemon's child when the process between them has gone; if asked before, the signal came
// of that.
void die_with_the_daemon(pid_t between) {
  while (getppid() == between) sched_yield();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// True in the copy.
bool fork_one(Session& session, Channel& channel, const Request& request, const Descriptors& given,
              int requests, int replies) {
  int told[2];
  if (pipe2(told, O_CLOEXEC) != 0) {
    channel.send(Frame("error").text("message", "no pipe for a new worker"));
    return false;
  }
  const pid_t between = fork();
  if (between == 0) {
    const pid_t middle = getpid();
    const pid_t copy = fork();
    if (copy == 0) {
      become(session, request, given, requests, replies);
      die_with_the_daemon(middle);
      return true;
    }
    const bool written = write(told[1], &copy, sizeof copy) == sizeof copy;
    _exit(written ? 0 : 1);
  }
  close(told[1]);
  pid_t copy = -1;
  const bool known = between > 0 && read(told[0], &copy, sizeof copy) == sizeof copy && copy > 0;
  close(told[0]);
  if (between > 0) waitpid(between, nullptr, 0);
  if (known)
    channel.send(Frame("forked").attribute("pid", std::to_string(copy)));
  else
    channel.send(Frame("error").text("message", "the system has no room for another process"));
  return false;
}

}  // namespace

bool wanted(int requests) {
  struct stat what;
  return fstat(requests, &what) == 0 && S_ISSOCK(what.st_mode);
}

void serve(Session& session, int requests, int replies) {
  Channel channel(-1, replies);
  const int replies_now = channel.replies();
  channel.send(Frame("ready").attribute("version", session.version()));
  std::string buffer;
  Descriptors given;
  given.fill(-1);
  for (;;) {
    const std::string data = receive(requests, given);
    if (data.empty()) _exit(0);
    buffer += data;
    while (const auto request = Channel::parse(buffer)) {
      if (request->kind == "fork" && given[0] >= 0) {
        if (fork_one(session, channel, *request, given, requests, replies_now)) return;
      } else {
        channel.send(Frame("error").text(
            "message", "a template forks, given five descriptors; it does nothing else"));
      }
      for (const int fd : given) close(fd);
      given.fill(-1);
      channel.send(Frame("done status=ok"));
    }
  }
}

}  // namespace quern::fork_template
