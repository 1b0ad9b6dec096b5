// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace quern::bench {

namespace {

// The number after `key` in a file of lines as `key:   number kB`.
std::uint64_t number_in(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":"))
      return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10);
  }
  throw std::runtime_error(path + " tells no " + key);
}

std::string proc(pid_t pid, const std::string& name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

}  // namespace

Program::Program(const std::vector<std::string>& argv, const std::map<int, int>& descriptors) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (!descriptors.contains(0))
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  for (const auto& [number, ours] : descriptors)
    ::posix_spawn_file_actions_adddup2(&actions, ours, number);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int failed = ::posix_spawnp(&pid_, words[0], &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed)
    throw std::system_error(failed, std::generic_category(), "cannot start " + argv.front());
}

Program::~Program() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool Program::lives() { return pid_ >= 0 && ::waitpid(pid_, &status_, WNOHANG) == 0; }

int Program::wait() {
  pid_t got = -1;
  do {
    got = ::waitpid(pid_, &status_, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw std::system_error(errno, std::generic_category(), "waitpid");
  pid_ = -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

void Program::signal(int number) { ::kill(pid_, number); }

Memory memory_of(pid_t pid) {
  const std::string rollup = proc(pid, "smaps_rollup");
  return {number_in(rollup, "Rss") * 1024, number_in(rollup, "Pss") * 1024};
}

std::uint64_t threads_of(pid_t pid) { return number_in(proc(pid, "status"), "Threads"); }

std::uint64_t switches_of(pid_t pid) {
  std::uint64_t all = 0;
  for (const auto& task : std::filesystem::directory_iterator(proc(pid, "task"))) {
    const std::string status = (task.path() / "status").string();
    all += number_in(status, "voluntary_ctxt_switches");
  }
  return all;
}

double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    throw std::runtime_error("cannot read the processor time of process " + std::to_string(pid));
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

bool readable(int fd, std::chrono::milliseconds within) {
  pollfd look{fd, POLLIN, 0};
  return ::poll(&look, 1, static_cast<int>(within.count())) == 1;
}

}  // namespace quern::bench
