// SPDX-License-Identifier: Apache-2.0
#include "stdin_watch.hpp"
#include "proc_wait_source.hpp"
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>

using namespace quern;
using namespace quern::test;

namespace {

constexpr auto at_most = 20s;     // until a program that asks is noticed, on any machine
constexpr auto for_sure = 400ms;  // many looks long, in which one that does not ask never is

class CountingSource final : public WaitSource {
 public:
  mutable int looks = 0;

  std::vector<pid_t> threads(pid_t process) const override { return real_.threads(process); }
  ProcText syscall(pid_t thread) const override {
    ++looks;
    return real_.syscall(thread);
  }
  char state(pid_t thread) const override { return real_.state(thread); }
  std::string wchan(pid_t thread) const override { return real_.wchan(thread); }
  std::optional<FileId> file(pid_t thread, int descriptor) const override {
    return real_.file(thread, descriptor);
  }
  std::string fdinfo(pid_t thread, int descriptor) const override {
    return real_.fdinfo(thread, descriptor);
  }
  bool memory(pid_t thread, std::uint64_t address, std::span<std::byte> into) const override {
    return real_.memory(thread, address, into);
  }

 private:
  ProcWaitSource real_;
};

// A program whose stdin is an input pipe, watched until the end of the test.
struct Watched {
  explicit Watched(Command command, std::optional<Account> user = {})
      : launcher(world.io.get_executor(), world.reaper, nullptr, std::move(user)),
        input(world.io.get_executor()) {
    command.descriptors.push_back({0, input.read_end()});
    OutputPipe pipe = output_pipe();
    command.descriptors.push_back({1, pipe.write_end.get()});
    command.descriptors.push_back({2, pipe.write_end.get()});
    auto launched = launcher.launch(command);
    if (!launched) FAIL(launched.error().what);
    child = std::move(*launched);
    pump.emplace(world.io.get_executor(), std::move(pipe.read_end),
                 [this](std::shared_ptr<const char[]> bytes, std::size_t size) {
                   output.append(bytes.get(), size);
                   watch->stir();
                 });
    watch.emplace(world.io.get_executor(), source, *child, input,
                  StdinWatch::Told{[this] {
                                     pump->drain();
                                     ++waits;
                                   },
                                   [this] { ++left; },
                                   [this](const std::string& why) { blind.push_back(why); }});
    boost::asio::co_spawn(world.io, pump->run(), [](std::exception_ptr) {});
    boost::asio::co_spawn(world.io, watch->run(),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [this](std::exception_ptr) { over = true; }));
  }
  ~Watched() {
    cancel.emit(boost::asio::cancellation_type::terminal);
    world.step_until([this] { return over; });
    child.reset();
    world.step_until([this] { return pump->eof(); });
    while (world.io.poll() > 0) {  // the pump's coroutine must be over before the pump is
    }
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void until_it_says(const std::string& text) {
    world.step_until([&] { return output.find(text) != std::string::npos; }, at_most);
  }
  void until_it_waits(int times = 1) {
    INFO("it said: " << output);
    world.step_until([&] { return waits >= times; }, at_most);
  }
  void answer(std::string text) {
    input.write(std::move(text));
    watch->resume();
  }
  // The time it takes to see that nothing comes.
  void go_on() {
    const auto end = std::chrono::steady_clock::now() + for_sure;
    while (std::chrono::steady_clock::now() < end) world.io.run_one_for(10ms);
  }

  World world;
  CountingSource source;
  SystemLauncher launcher;
  InputPipe input;
  std::string output;
  int waits = 0;
  int left = 0;
  std::vector<std::string> blind;
  std::unique_ptr<Child> child;
  std::optional<Pump> pump;
  std::optional<StdinWatch> watch;
  boost::asio::cancellation_signal cancel;
  bool over = false;
};

bool machine_has(const std::string& program) {
  for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"})
    if (std::filesystem::exists(folder + program)) return true;
  WARN(program << " is not here: what it would show is not tested");
  return false;
}

Command python(std::string code) {
  Command command = shell("");
  command.argv = {"/usr/bin/env", "python3", "-c", std::move(code)};
  return command;
}

// It asks, gets a word, says it, and asks no more.
void check_asks_once(Command command) {
  Watched watched(std::move(command));
  watched.until_it_waits();
  CHECK(watched.output == "name? ");
  watched.answer("Ada\n");
  watched.input.close_writer();
  watched.until_it_says("Ada");
  CHECK(watched.world.run(watched.child->wait()).success());
  CHECK(watched.waits == 1);
  CHECK(watched.blind.empty());
}

void check_never_asks(Command command) {
  Watched watched(std::move(command));
  watched.until_it_says("ready");
  watched.go_on();
  CHECK(watched.waits == 0);
  CHECK(watched.blind.empty());
}

}  // namespace

TEST_CASE("a program that reads is noticed, with all that it said before") {
  check_asks_once(shell("printf 'name? '; exec cat"));
}

TEST_CASE("a shell's own read is noticed") {
  check_asks_once(shell("printf 'name? '; read name; echo $name"));
}

TEST_CASE("a child of a shell that reads is noticed") {
  check_asks_once(shell("printf 'name? '; head -n 1; true"));
}

TEST_CASE("an orphan that reads is noticed") {
  // Whose reading goes on when his parent has ended, while the root sleeps.
  Watched watched(shell("exec 3<&0; (cat <&3 &); exec 3<&-; exec </dev/null; sleep 30; true"));
  watched.until_it_waits();
  watched.answer("still here");
  watched.until_it_says("still here");
}

TEST_CASE("a read of a duplicate, and of the pipe by its name, is noticed") {
  check_asks_once(shell("exec 5<&0 </dev/null; printf 'name? '; exec cat <&5"));
  check_asks_once(shell("printf 'name? '; exec cat /dev/stdin"));
}

TEST_CASE("Python's input, select, poll and asyncio are noticed") {
  if (!machine_has("python3")) return;
  check_asks_once(python("print(input('name? '))"));
  check_asks_once(
      python("import sys, select\nprint('name? ', end='', flush=True)\n"
             "select.select([0], [], [])\nprint(sys.stdin.readline())"));
  check_asks_once(
      python("import sys, select\nprint('name? ', end='', flush=True)\n"
             "p = select.poll(); p.register(0, select.POLLIN); p.poll()\n"
             "print(sys.stdin.readline())"));
  check_asks_once(
      python("import asyncio, sys\n"
             "async def main():\n"
             "  loop = asyncio.get_running_loop(); got = loop.create_future()\n"
             "  print('name? ', end='', flush=True)\n"
             "  loop.add_reader(0, lambda: got.done() or got.set_result(1))\n"
             "  await got\n"
             "  loop.remove_reader(0)\n"
             "  print(sys.stdin.readline())\n"
             "asyncio.run(main())"));
}

TEST_CASE("a thread that reads a duplicate is noticed") {
  if (!machine_has("python3")) return;
  check_asks_once(
      python("import os, threading\nprint('name? ', end='', flush=True)\n"
             "fd = os.dup(0)\n"
             "t = threading.Thread(target=lambda: print(os.read(fd, 99).decode()))\n"
             "t.start(); t.join()"));
}

TEST_CASE("each question of a program is noticed once") {
  Watched watched(shell("while read line; do echo got $line; done"));
  for (int question = 1; question <= 5; ++question) {
    watched.until_it_waits(question);
    watched.answer("line " + std::to_string(question) + "\n");
    watched.until_it_says("got line " + std::to_string(question));
  }
  watched.until_it_waits(6);
  watched.go_on();
  CHECK(watched.waits == 6);
}

TEST_CASE("a poll that a stop has broken off is noticed when it goes on") {
  if (!machine_has("python3")) return;
  Watched watched(
      python("import select\nprint('ready', flush=True)\n"
             "p = select.poll(); p.register(0, select.POLLIN); p.poll()"));
  watched.until_it_waits();
  watched.watch->rest();
  watched.child->signal(SIGSTOP);
  watched.world.step_until([&] { return read_stat(watched.child->pid())->state == 'T'; }, at_most);
  watched.watch->resume();
  watched.go_on();
  CHECK(watched.waits == 1);
  watched.child->signal(SIGCONT);
  watched.watch->resume();
  watched.until_it_waits(2);
}

TEST_CASE("who sleeps, is busy or reads something else is not taken to wait") {
  check_never_asks(shell("echo ready; exec sleep 30"));
  check_never_asks(shell("echo ready; while :; do :; done"));
  check_never_asks(shell("echo ready; sleep 30 | cat"));
  check_never_asks(
      shell("d=$(mktemp -d); mkfifo $d/f; exec 4<>$d/f; rm -r $d; echo ready; exec cat <&4"));
}

TEST_CASE("who listens to something else is not taken to wait") {
  if (!machine_has("python3")) return;
  check_never_asks(
      python("import select, socket\na, b = socket.socketpair()\n"
             "p = select.poll(); p.register(a, select.POLLIN)\n"
             "print('ready', flush=True); p.poll()"));
  check_never_asks(
      python("import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
             "print('ready', flush=True); s.accept()"));
  check_never_asks(
      python("import asyncio\nprint('ready', flush=True); asyncio.run(asyncio.sleep(30))"));
}

TEST_CASE("who has bytes to read, or the end of its input, does not wait") {
  Watched watched(shell("echo ready; sleep 30; cat"));
  watched.answer("unread");
  watched.until_it_says("ready");
  watched.go_on();
  CHECK(watched.waits == 0);
  watched.input.discard();
  watched.input.close_writer();
  watched.watch->resume();
  watched.go_on();
  CHECK(watched.waits == 0);
}

TEST_CASE("a wait that is over by itself is told, and the next one is noticed") {
  Watched watched(shell("printf 'name? '; timeout 0.3 cat; sleep 1; exec cat"));
  watched.until_it_waits();
  watched.world.step_until([&] { return watched.left == 1; }, at_most);
  watched.until_it_waits(2);
  watched.go_on();
  CHECK(watched.left == 1);
  CHECK(watched.waits == 2);
}

TEST_CASE("nobody looks while a wait is known from elsewhere") {
  Watched watched(shell("while read line; do echo got; done"));
  watched.until_it_waits();
  watched.watch->rest();
  const int looks = watched.source.looks;
  watched.watch->stir();
  watched.go_on();
  CHECK(watched.source.looks == looks);
  watched.answer("more\n");
  watched.until_it_waits(2);
  CHECK(watched.source.looks > looks);
}

namespace {

// This thread without the right to look into whatever it likes, as root in most containers is.
class WithoutTracing {
 public:
  WithoutTracing() { set(false); }
  ~WithoutTracing() { set(true); }
  WithoutTracing(const WithoutTracing&) = delete;
  WithoutTracing& operator=(const WithoutTracing&) = delete;

 private:
  static void set(bool on) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    REQUIRE(::syscall(SYS_capget, &header, data) == 0);
    const unsigned bit = 1U << CAP_SYS_PTRACE;
    if (on)
      data[0].effective |= bit & data[0].permitted;
    else
      data[0].effective &= ~bit;
    REQUIRE(::syscall(SYS_capset, &header, data) == 0);
  }
};

}  // namespace

TEST_CASE("programs of another user are watched, with or without the right to trace all") {
  if (::geteuid() != 0) {
    WARN("needs root");
    return;
  }
  const Account nobody{65534, 65534, "", ""};
  std::optional<WithoutTracing> without;
  for (int round = 0; round < 2; ++round) {
    if (round == 1) without.emplace();
    for (const char* script :
         {"read name", "perl -e 'vec($r, 0, 1) = 1; select($r, undef, undef, undef)'"}) {
      Watched watched(shell(script), nobody);
      watched.until_it_waits();
      CHECK(watched.blind.empty());
    }
  }
}

namespace {

// As where /proc is closed.
class ClosedSource final : public WaitSource {
 public:
  std::vector<pid_t> threads(pid_t process) const override { return {process}; }
  ProcText syscall(pid_t) const override { return {{}, EPERM}; }
  char state(pid_t) const override { return '?'; }
  std::string wchan(pid_t) const override { return {}; }
  std::optional<FileId> file(pid_t, int) const override { return std::nullopt; }
  std::string fdinfo(pid_t, int) const override { return {}; }
  bool memory(pid_t, std::uint64_t, std::span<std::byte>) const override { return false; }
};

}  // namespace

TEST_CASE("where nobody lets itself be looked into, that is said once, and why") {
  Watched watched(shell("exec cat"));
  ClosedSource closed;
  std::vector<std::string> told;
  boost::asio::cancellation_signal stop;
  bool stopped = false;
  StdinWatch blind(watched.world.io.get_executor(), closed, *watched.child, watched.input,
                   {[] { FAIL("saw something"); }, [] { FAIL("saw it leave"); },
                    [&](const std::string& why) { told.push_back(why); }});
  boost::asio::co_spawn(watched.world.io, blind.run(),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr) { stopped = true; }));
  watched.go_on();
  blind.resume();
  watched.go_on();
  stop.emit(boost::asio::cancellation_type::terminal);
  watched.world.step_until([&] { return stopped; });
  CHECK(told == std::vector<std::string>{why_blind(EPERM)});
}

TEST_CASE("a watch of a machine that lets programs be seen lacks nothing") {
  CHECK(what_stdin_watch_lacks().empty());
}
