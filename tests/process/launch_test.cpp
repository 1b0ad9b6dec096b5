// SPDX-License-Identifier: Apache-2.0
// What a child gets, what it does not get, and what is said when it cannot be.
#include "world.hpp"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace quern;
using namespace quern::test;

namespace {

Command program(std::vector<std::string> argv) {
  Command command = shell("");
  command.argv = std::move(argv);
  return command;
}

class Directory {
 public:
  Directory() {
    char pattern[] = "/tmp/process_test.XXXXXX";
    path = ::mkdtemp(pattern);
  }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::filesystem::path path;
};

void write_file(const std::filesystem::path& path, const std::string& text,
                std::filesystem::perms perms) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, perms);
}

std::string refusal(World& world, const Command& command) {
  auto child = world.launcher.launch(command);
  REQUIRE(child.has_error());
  return child.error().what + " / " + child.error().step + " / " +
         std::to_string(child.error().number);
}

std::string expected(const std::string& what, const std::string& step, int number) {
  return what + " / " + step + " / " + std::to_string(number);
}

}  // namespace

TEST_CASE("a program's output and exit code come back") {
  World world;
  CHECK(run(world, shell("echo hi; exit 3")) == Ran{exit_code(3), "hi\n"});
}

TEST_CASE("exit code 15 and signal 15 are two different ends") {
  World world;
  CHECK(run(world, shell("exit 15")).status == exit_code(15));
  CHECK(run(world, shell("kill -TERM $$")).status == ended_by(SIGTERM));
}

TEST_CASE("the status tells what the program has used") {
  World world;
  auto child = world.start(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"));
  const ExitStatus status = world.run(child->wait());
  CHECK(status.cpu > 1ms);
  CHECK(status.max_rss > 100'000);
}

TEST_CASE("the environment is the command's and the launcher's mark, nothing of the daemon's") {
  World world;
  ::setenv("OF_THE_DAEMON", "1", 1);
  Command command = program({"env"});
  command.env["A"] = "b c";
  command.env["_RUN_TREE"] = "forged";
  const std::string output = run(world, command).output;
  ::unsetenv("OF_THE_DAEMON");
  CHECK(output.find("A=b c\n") != std::string::npos);
  CHECK(output.find("_RUN_TREE=") != std::string::npos);
  CHECK(output.find("forged") == std::string::npos);
  CHECK(output.find("OF_THE_DAEMON") == std::string::npos);
}

TEST_CASE(
    "a child has the descriptors it was given and no other, though the daemon's do not close at "
    "exec") {
  World world;
  const UniqueFd forgotten(::dup2(2, 57));
  const UniqueFd low(::dup(2));
  CHECK(run(world, program({"ls", "/proc/self/fd"})).output ==
        "0\n1\n2\n3\n");  // 3 is the directory
  CHECK(run(world, program({"readlink", "/proc/self/fd/0"})).output == "/dev/null\n");
}

TEST_CASE("descriptors may be given under each other's numbers") {
  World world;
  OutputPipe first = output_pipe();
  OutputPipe second = output_pipe();
  Command command = shell("echo first >&" + std::to_string(second.write_end.get()) +
                          "; echo second >&" + std::to_string(first.write_end.get()));
  command.descriptors.push_back({second.write_end.get(), first.write_end.get()});
  command.descriptors.push_back({first.write_end.get(), second.write_end.get()});
  command.argv.front() = "/bin/bash";  // dash knows descriptors of one digit only
  auto child = world.start(command);
  first.write_end.reset();
  second.write_end.reset();
  CHECK(world.run(child->wait()).success());
  char bytes[32];
  CHECK(std::string(bytes, static_cast<std::size_t>(
                               ::read(first.read_end.get(), bytes, sizeof bytes))) == "first\n");
  CHECK(std::string(bytes, static_cast<std::size_t>(
                               ::read(second.read_end.get(), bytes, sizeof bytes))) == "second\n");
}

TEST_CASE("the daemon's signal mask and ignored signals stay its own") {
  World world;
  sigset_t some, before;
  ::sigemptyset(&some);
  ::sigaddset(&some, SIGUSR1);
  ::sigaddset(&some, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &some, &before);
  const auto pipe_before = ::signal(SIGPIPE, SIG_IGN);
  const auto hup_before = ::signal(SIGHUP, SIG_IGN);
  const std::string output =
      run(world, program({"sed", "-n", "/^Sig[BI]/p", "/proc/self/status"})).output;
  sigset_t after;
  ::sigprocmask(SIG_SETMASK, &before, &after);
  ::signal(SIGPIPE, pipe_before);
  ::signal(SIGHUP, hup_before);
  CHECK(output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(::sigismember(&after, SIGUSR1) == 1);
  CHECK(::sigismember(&after, SIGINT) == 0);
}

TEST_CASE("a child leads its own session and the kernel would rather end it than the daemon") {
  World world;
  CHECK(run(world, shell("read -r _ _ _ _ group session _ < /proc/$$/stat; [ $group = $$ ] && [ "
                         "$session = $$ ]"))
            .status == exit_code(0));
  int ours = 0;
  std::ifstream("/proc/self/oom_score_adj") >> ours;
  CHECK(run(world, program({"cat", "/proc/self/oom_score_adj"})).output ==
        std::to_string(std::min(ours + 500, 1000)) + "\n");
}

TEST_CASE("a child starts in its directory, and its program is looked for from there") {
  World world;
  const Directory directory;
  std::filesystem::create_directory(directory.path / "bin");
  write_file(directory.path / "bin" / "tool", "#!/bin/sh\npwd\n",
             std::filesystem::perms::owner_all);
  Command command = program({"bin/tool"});
  command.cwd = directory.path;
  CHECK(run(world, command).output == directory.path.string() + "\n");
  command.argv = {"tool"};
  command.env["PATH"] = "/nowhere:bin";
  CHECK(run(world, command).output == directory.path.string() + "\n");
}

TEST_CASE("limits bind the child and may not be above the daemon's") {
  World world;
  Command command = shell("ulimit -f; ulimit -n");
  command.limits.push_back({RLIMIT_FSIZE, 1 << 20});
  command.limits.push_back({RLIMIT_NOFILE, ~std::uint64_t{0}});
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  CHECK(run(world, command).output == "2048\n" + std::to_string(files.rlim_max) + "\n");
}

TEST_CASE(
    "a bound on a running root is what it starts from now on inherits, until it is taken back") {
  World world;
  auto child = world.start(shell("exec sleep 600"));
  const auto bound_now = [&] {
    rlimit bound{};
    ::prlimit(child->pid(), RLIMIT_FSIZE, nullptr, &bound);
    return std::pair(bound.rlim_cur, bound.rlim_max);
  };
  const auto [soft, hard] = bound_now();
  CHECK(child->bound_root(RLIMIT_FSIZE, std::nullopt) == 0);
  CHECK(bound_now() == std::pair(soft, hard));
  CHECK(child->bound_root(RLIMIT_FSIZE, 1000) == 0);
  CHECK(bound_now() == std::pair(rlim_t{1000}, hard));
  CHECK(child->bound_root(RLIMIT_FSIZE, 2000) == 0);
  CHECK(bound_now() == std::pair(rlim_t{2000}, hard));
  CHECK(child->bound_root(RLIMIT_FSIZE, std::nullopt) == 0);
  CHECK(bound_now() == std::pair(soft, hard));
  world.run(child->stop(0ms));
  CHECK(child->bound_root(RLIMIT_FSIZE, 1000) == 0);  // nobody is left to be bound
}

TEST_CASE("a child ignores the signals that it is told to, and through exec") {
  World world;
  Command command = program({"sed", "-n", "/^SigI/p", "/proc/self/status"});
  command.ignored = {SIGXFSZ, SIGHUP};
  CHECK(run(world, command).output == "SigIgn:\t0000000001000001\n");
}

TEST_CASE("descriptor 0 can be the child's controlling terminal") {
  World world;
  int ends[2];
  REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
  const UniqueFd daemon_end(ends[0]);
  UniqueFd program_end(ends[1]);
  Command command = shell("echo from tty > /dev/tty");
  command.terminal = true;
  command.descriptors.push_back({0, program_end.get()});
  auto child = world.start(command);
  CHECK(world.run(child->wait()).success());
  char bytes[32];
  CHECK(std::string(bytes, static_cast<std::size_t>(
                               ::read(daemon_end.get(), bytes, sizeof bytes))) == "from tty\r\n");
}

TEST_CASE("a failed launch says which step failed and why, in a sentence") {
  World world;
  const Directory directory;
  write_file(directory.path / "text", "no program", std::filesystem::perms::owner_read);
  write_file(directory.path / "orphan", "#!/no/such/interpreter\n",
             std::filesystem::perms::owner_all);
  write_file(directory.path / "garbage", "neither script nor ELF",
             std::filesystem::perms::owner_all);

  CHECK(refusal(world, program({"nosuch"})) ==
        expected("cannot start `nosuch`: no such program in PATH", "find program", ENOENT));
  Command command = program({"./text"});
  command.cwd = directory.path;
  CHECK(refusal(world, command) ==
        expected("cannot start `./text`: Permission denied (exec)", "exec", EACCES));
  command.argv = {"./orphan"};
  CHECK(refusal(world, command) ==
        expected("cannot start `./orphan`: No such file or directory (exec)", "exec", ENOENT));
  command.argv = {"./garbage"};
  CHECK(refusal(world, command) ==
        expected("cannot start `./garbage`: Exec format error (exec)", "exec", ENOEXEC));
  command.argv = {"text"};
  command.env["PATH"] = directory.path;
  CHECK(
      refusal(world, command) ==
      expected("cannot start `text`: the one in PATH may not be executed", "find program", EACCES));
  command = program({"true"});
  command.cwd = "/nope";
  CHECK(refusal(world, command) ==
        expected("cannot enter `/nope`: No such file or directory", "enter directory", ENOENT));
  command = program({"true"});
  command.descriptors.push_back({1, 9999});
  CHECK(refusal(world, command) ==
        expected("cannot start `true`: Bad file descriptor (descriptors)", "descriptors", EBADF));
  command = program({"true"});
  command.terminal = true;
  CHECK(refusal(world, command) ==
        expected("cannot start `true`: Inappropriate ioctl for device (terminal)", "terminal",
                 ENOTTY));
  CHECK(refusal(world, program({})) ==
        expected("cannot start it: no program is named", "check command", EINVAL));
  CHECK(refusal(world, program({"true", std::string("a\0b", 3)})) ==
        expected("cannot start `true`: an argument holds a NUL byte", "check command", EINVAL));
  CHECK(children() == 0);
}

namespace {
int exit_handler_speaks_to = -1;
}

TEST_CASE(
    "a failed launch leaves no zombie and no descriptor, runs no exit handler and repeats no "
    "output") {
  World world;
  const OutputPipe pipe = output_pipe();
  exit_handler_speaks_to = pipe.write_end.get();
  REQUIRE(std::atexit([] {
            if (exit_handler_speaks_to >= 0) (void)!::write(exit_handler_speaks_to, "handler", 7);
          }) == 0);
  std::FILE* buffered = ::fdopen(::dup(pipe.write_end.get()), "w");
  std::fputs("buffered", buffered);

  Command command = program({"/no/such/program"});
  const std::size_t before = (refusal(world, command), open_descriptors());
  for (int i = 0; i < 50; ++i) refusal(world, command);
  CHECK(open_descriptors() == before);
  CHECK(children() == 0);
  exit_handler_speaks_to = -1;
  std::fclose(buffered);
  char bytes[64];
  CHECK(std::string(bytes, static_cast<std::size_t>(
                               ::read(pipe.read_end.get(), bytes, sizeof bytes))) == "buffered");
}

TEST_CASE("500 launches leave neither zombie nor descriptor") {
  World world;
  CHECK(world.run(world.start(program({"true"}))->wait()).success());
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 500; ++i) {
    auto child = world.start(program({"true"}));
    if (i % 2 == 0) CHECK(world.run(child->wait()).success());
  }
  CHECK(open_descriptors() == before);
  CHECK(children() == 0);
}

TEST_CASE("a launch without a free descriptor says so and leaves no child") {
  World world;
  CHECK(world.run(world.start(program({"true"}))->wait()).success());
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const std::size_t in_use = open_descriptors();
  for (std::size_t spare = 0; spare < 12; ++spare) {
    std::vector<UniqueFd> all;
    for (;;) {
      UniqueFd one(::fcntl(2, F_DUPFD_CLOEXEC, 0));
      if (!one || one.get() > 400) break;
      all.push_back(std::move(one));
    }
    rlimit few = files;
    few.rlim_cur = 400;
    for (std::size_t i = 0; i < spare && !all.empty(); ++i) all.pop_back();
    std::erase_if(all, [](const UniqueFd& fd) { return fd.get() >= 400; });
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::unique_ptr<Child> kept;
    auto child = world.launcher.launch(program({"true"}));
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (child) {
      all.clear();
      CHECK(world.run((*child)->wait()).success());
    } else {
      INFO(child.error().what << " with " << spare << " descriptors to spare");
      CHECK(child.error().number == EMFILE);
      CHECK(children() == 0);
    }
  }
  CHECK(open_descriptors() == in_use);
}
