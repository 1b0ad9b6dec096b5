// SPDX-License-Identifier: Apache-2.0
#include "stdin_wait.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

using namespace quern;

namespace {

const FileId pipe_of_stdin{makedev(0, 14), 0x4711};
const FileId another_pipe{makedev(0, 14), 0x4712};

// A thread as /proc shows it.
struct Snapshot {
  std::string syscall = "running\n";
  int error = 0;
  char state = 'S';
  std::string wchan;
  std::map<int, FileId> files = {{0, pipe_of_stdin}, {5, another_pipe}};
  std::map<int, std::string> fdinfo;
  std::map<std::uint64_t, std::string> memory;
};

class ScriptedSource final : public WaitSource {
 public:
  std::map<pid_t, std::vector<pid_t>> of_process;
  std::map<pid_t, Snapshot> shown;

  std::vector<pid_t> threads(pid_t process) const override {
    const auto found = of_process.find(process);
    return found == of_process.end() ? std::vector<pid_t>{} : found->second;
  }
  ProcText syscall(pid_t thread) const override {
    return {shown.at(thread).syscall, shown.at(thread).error};
  }
  char state(pid_t thread) const override { return shown.at(thread).state; }
  std::string wchan(pid_t thread) const override { return shown.at(thread).wchan; }
  std::optional<FileId> file(pid_t thread, int descriptor) const override {
    const auto& files = shown.at(thread).files;
    const auto found = files.find(descriptor);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  std::string fdinfo(pid_t thread, int descriptor) const override {
    const auto& all = shown.at(thread).fdinfo;
    const auto found = all.find(descriptor);
    return found == all.end() ? "" : found->second;
  }
  bool memory(pid_t thread, std::uint64_t address, std::span<std::byte> into) const override {
    const auto& all = shown.at(thread).memory;
    const auto found = all.find(address);
    if (found == all.end() || found->second.size() < into.size()) return false;
    std::memcpy(into.data(), found->second.data(), into.size());
    return true;
  }
};

constexpr pid_t process = 40;

StdinLook look_at(Snapshot snapshot, Machine machine = Machine::x86_64) {
  ScriptedSource source;
  source.of_process[process] = {process};
  source.shown[process] = std::move(snapshot);
  const pid_t processes[] = {process};
  return look_for_wait(source, processes, pipe_of_stdin, machine);
}

std::string call(long number, const std::string& arguments) {
  return std::to_string(number) + " " + arguments + " 0x7ffd10 0x7f3399\n";
}

bool reads(long number, const std::string& arguments, Machine machine = Machine::x86_64) {
  const auto wait = look_at({.syscall = call(number, arguments)}, machine).wait;
  CHECK((!wait || *wait == StdinWait{process, number, false}));
  return wait.has_value();
}

bool listens(Snapshot snapshot, Machine machine = Machine::x86_64) {
  const auto wait = look_at(std::move(snapshot), machine).wait;
  CHECK((!wait || wait->listens));
  return wait.has_value();
}

std::string bytes_of(const void* begin, std::size_t size) {
  return {static_cast<const char*>(begin), size};
}

std::string polled(const std::vector<pollfd>& all) {
  return bytes_of(all.data(), all.size() * sizeof(pollfd));
}

std::string fd_set_of(int descriptor, std::size_t words = 1) {
  std::vector<std::uint64_t> set(words);
  set[static_cast<std::size_t>(descriptor) / 64] = std::uint64_t{1} << (descriptor % 64);
  return bytes_of(set.data(), set.size() * 8);
}

const std::string from_0 = "0x0 0x7f00 0x1000 0x0 0x0 0x0";
const std::string from_5 = "0x5 0x7f00 0x1000 0x0 0x0 0x0";

}  // namespace

TEST_CASE("who sleeps in a read of the pipe waits, by whatever number he has it") {
  CHECK(reads(0, from_0));
  CHECK(reads(19, from_0));
  CHECK(reads(327, from_0));
  CHECK(reads(275, from_0));
  CHECK(reads(40, "0x1 0x0 0x0 0x1000 0x0 0x0"));
  Snapshot dup{.syscall = call(0, "0x7 0x7f00 0x1 0x0 0x0 0x0")};
  CHECK_FALSE(look_at(dup).wait);
  dup.files[7] = pipe_of_stdin;
  CHECK(look_at(dup).wait == StdinWait{process, 0, false});
}

TEST_CASE("who reads another pipe does not wait, though his stdin be ours") {
  CHECK_FALSE(reads(0, from_5));
  CHECK_FALSE(reads(40, "0x0 0x5 0x0 0x1000 0x0 0x0"));
}

TEST_CASE("a pipe of the same inode on another device is another") {
  Snapshot snapshot{.syscall = call(0, from_0)};
  snapshot.files[0] = {makedev(0, 15), pipe_of_stdin.inode};
  CHECK_FALSE(look_at(snapshot).wait);
}

TEST_CASE("who runs, sleeps outside of any call or in an unrelated one does not wait") {
  CHECK_FALSE(look_at({.syscall = "running\n"}).wait);
  CHECK_FALSE(look_at({.syscall = "-1 0x7ffd10 0x7f3399\n"}).wait);
  CHECK_FALSE(look_at({.syscall = ""}).wait);
  CHECK_FALSE(reads(230, from_0));  // clock_nanosleep
  CHECK_FALSE(reads(61, from_0));   // wait4
  CHECK_FALSE(reads(1, from_0));    // write
}

TEST_CASE("who was stopped in his read does not wait") {
  for (const char state : {'T', 't', 'R', 'D', 'Z', '?'})
    CHECK_FALSE(look_at({.syscall = call(0, from_0), .state = state}).wait);
}

TEST_CASE("who polls the pipe for bytes listens") {
  Snapshot poller{.syscall = call(7, "0x7f00 0x2 0xffffffff 0x0 0x0 0x0")};
  CHECK_FALSE(listens(poller));  // his memory cannot be read
  poller.memory[0x7f00] = polled({{5, POLLIN, 0}, {0, POLLIN, 0}});
  CHECK(listens(poller));
  poller.memory[0x7f00] = polled({{5, POLLIN, 0}, {0, POLLPRI, 0}});
  CHECK_FALSE(listens(poller));
  poller.memory[0x7f00] = polled({{5, POLLIN, 0}, {-1, POLLIN, 0}});
  CHECK_FALSE(listens(poller));
  poller.syscall = call(271, "0x7f00 0x1 0x7f80 0x0 0x8 0x0");
  poller.memory[0x7f00] = polled({{0, POLLRDNORM, 0}});
  CHECK(listens(poller));
}

TEST_CASE("an array to be polled that is empty or far too long is not read") {
  Snapshot poller{.memory = {{0x7f00, polled({{0, POLLIN, 0}})}}};
  for (const char* count : {"0x0", "0x7fffffff", "0xffffffffffffffff"}) {
    poller.syscall = call(7, std::string("0x7f00 ") + count + " 0x0 0x0 0x0 0x0");
    CHECK_FALSE(listens(poller));
  }
}

TEST_CASE("who selects the pipe to be read listens") {
  Snapshot selecting{.syscall = call(23, "0x1 0x7f00 0x0 0x0 0x0 0x0"),
                     .memory = {{0x7f00, fd_set_of(0)}}};
  CHECK(listens(selecting));
  selecting.syscall = call(270, "0x1 0x7f00 0x0 0x0 0x0 0x0");
  CHECK(listens(selecting));
  selecting.memory[0x7f00] = fd_set_of(5);
  CHECK_FALSE(listens(selecting));
  selecting.syscall = call(270, "0x6 0x7f00 0x0 0x0 0x0 0x0");
  CHECK_FALSE(listens(selecting));  // 5 is another pipe
  selecting.syscall = call(23, "0x47 0x7f00 0x0 0x0 0x0 0x0");
  selecting.files[70] = pipe_of_stdin;
  selecting.memory[0x7f00] = fd_set_of(70, 2);
  CHECK(listens(selecting));
}

TEST_CASE("who selects the pipe to be written, or selects nothing, does not listen") {
  const std::map<std::uint64_t, std::string> memory = {{0x7f00, fd_set_of(0)}};
  for (const char* arguments : {"0x1 0x0 0x7f00 0x0 0x0 0x0", "0x0 0x7f00 0x0 0x0 0x0 0x0",
                                "0xffffffff 0x7f00 0x0 0x0 0x0 0x0"})
    CHECK_FALSE(listens({.syscall = call(23, arguments), .memory = memory}));
}

TEST_CASE("who waits for an epoll that has the pipe to be read listens") {
  const std::string head = "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1044\n";
  const std::string other =
      "tfd:        5 events:       19 data:                5  pos:0 ino:4712 sdev:e\n";
  const std::string ours =
      "tfd:        0 events:       19 data:                0  pos:0 ino:4711 sdev:e\n";
  for (const long number : {232L, 281L, 441L}) {
    Snapshot waiting{.syscall = call(number, "0x3 0x7f00 0x400 0xffffffff 0x0 0x8")};
    CHECK_FALSE(listens(waiting));
    waiting.fdinfo[3] = head + other;
    CHECK_FALSE(listens(waiting));
    waiting.fdinfo[3] = head + other + ours;
    CHECK(listens(waiting));
  }
}

TEST_CASE("an epoll has the pipe by its whole inode and device, and for reading only") {
  const auto line = [](const std::string& events, const std::string& id) {
    return "tfd:        0 events: " + events + " data:                0  pos:0 " + id + "\n";
  };
  CHECK(epoll_reads(line("80000019", "ino:4711 sdev:e"), pipe_of_stdin));
  CHECK(epoll_reads(line("      40", "ino:4711 sdev:e"), pipe_of_stdin));
  CHECK_FALSE(epoll_reads(line("      1c", "ino:4711 sdev:e"), pipe_of_stdin));  // to be written
  CHECK_FALSE(epoll_reads(line("40000000", "ino:4711 sdev:e"), pipe_of_stdin));  // spent, one-shot
  CHECK_FALSE(epoll_reads(line("      19", "ino:47110 sdev:e"), pipe_of_stdin));
  CHECK_FALSE(epoll_reads(line("      19", "ino:4711 sdev:f"), pipe_of_stdin));
  CHECK_FALSE(epoll_reads("tfd: 0", pipe_of_stdin));
  CHECK_FALSE(epoll_reads("", pipe_of_stdin));
}

TEST_CASE("a poll that goes on after a stop is known by where in the kernel it sleeps") {
  Snapshot restarted{.syscall = call(219, "0x7f00 0x1 0xffffffff 0x0 0x0 0x0"),
                     .memory = {{0x7f00, polled({{0, POLLIN, 0}})}}};
  restarted.wchan = "hrtimer_nanosleep";
  CHECK_FALSE(listens(restarted));
  restarted.wchan = "poll_schedule_timeout.constprop.0";
  CHECK(listens(restarted));
}

TEST_CASE("the other machine's calls have the other machine's numbers") {
  CHECK(reads(63, from_0, Machine::aarch64));
  CHECK(reads(65, from_0, Machine::aarch64));
  CHECK(reads(286, from_0, Machine::aarch64));
  CHECK(reads(71, "0x1 0x0 0x0 0x1000 0x0 0x0", Machine::aarch64));
  CHECK_FALSE(reads(0, from_0, Machine::aarch64));
  CHECK(listens({.syscall = call(73, "0x7f00 0x1 0x0 0x0 0x8 0x0"),
                 .memory = {{0x7f00, polled({{0, POLLIN, 0}})}}},
                Machine::aarch64));
  CHECK(listens(
      {.syscall = call(72, "0x1 0x7f00 0x0 0x0 0x0 0x0"), .memory = {{0x7f00, fd_set_of(0)}}},
      Machine::aarch64));
  CHECK(kind_of_call(Machine::aarch64, 22) == CallKind::epoll);
  CHECK(kind_of_call(Machine::aarch64, -1) == CallKind::other);  // what it does not have
}

TEST_CASE("among many threads one that reads is preferred to one that listens") {
  ScriptedSource source;
  source.of_process = {{40, {40, 41}}, {50, {50}}};
  source.shown[40] = {.syscall = call(7, "0x7f00 0x1 0xffffffff 0x0 0x0 0x0"),
                      .memory = {{0x7f00, polled({{0, POLLIN, 0}})}}};
  source.shown[41] = {};
  source.shown[50] = {.syscall = call(0, from_0)};
  const pid_t all[] = {40, 50};
  CHECK(look_for_wait(source, all, pipe_of_stdin, Machine::x86_64).wait == StdinWait{50, 0, false});
  const pid_t first[] = {40};
  CHECK(look_for_wait(source, first, pipe_of_stdin, Machine::x86_64).wait ==
        StdinWait{40, 7, true});
}

TEST_CASE("a look is blind when all that live refuse it, not when they have ended") {
  CHECK(look_at({.error = EPERM}).blind());
  CHECK(look_at({.error = EPERM}).refused == EPERM);
  CHECK(look_at({.error = EACCES}).blind());
  CHECK(look_at({.error = ENOSYS}).blind());
  CHECK_FALSE(look_at({.error = ESRCH}).blind());
  CHECK_FALSE(look_at({.error = ENOENT}).blind());
  CHECK_FALSE(look_at({}).blind());
  ScriptedSource source;
  source.of_process = {{40, {40}}, {50, {50}}};
  source.shown[40] = {.error = EPERM};
  source.shown[50] = {};
  const pid_t all[] = {40, 50};
  CHECK_FALSE(look_for_wait(source, all, pipe_of_stdin, Machine::x86_64).blind());
}

TEST_CASE("a line that is not what the kernel writes names no call") {
  CHECK(parse_sleeping_call("0 0x0 0x1 0x2 0x3 0x4 0xffffffffffffffff 0x7 0x8\n") ==
        SleepingCall{0, {0, 1, 2, 3, 4, ~std::uint64_t{0}}});
  for (const char* text : {"", "0", "0 ", "0 0x", "0 0x0 0x1 0x2 0x3 0x4", "0 0 1 2 3 4 5 6 7",
                           "x 0x0 0x1 0x2 0x3 0x4 0x5", "-1 0x0 0x1 0x2 0x3 0x4 0x5", "0 0xg 0x1"})
    CHECK_FALSE(parse_sleeping_call(text));
}
