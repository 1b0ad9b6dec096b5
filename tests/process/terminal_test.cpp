// SPDX-License-Identifier: Apache-2.0
#include "at_terminal.hpp"

#include <csignal>

using namespace quern;
using namespace quern::test;

TEST_CASE("a program has its terminal as the controlling one, in the size it was made with") {
  AtTerminal at("stty size; test -t 0 && test -t 1 && test -t 2 && echo all three > /dev/tty",
                {40, 132});
  CHECK(at.end() == exit_code(0));
  at.until_it_says("40 132\r\nall three\r\n");
}

TEST_CASE("the foreground group is told of another size, and of none that is the same") {
  AtTerminal at("trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done");
  at.until_it_says("ready");
  CHECK_FALSE(at.terminal->resize({24, 80}));
  CHECK(at.terminal->resize({30, 100}));
  at.until_it_says("30 100\r\n");
  CHECK(at.end() == exit_code(3));
}

TEST_CASE("a megabyte typed at once comes whole to a program that takes bytes raw") {
  AtTerminal at(
      "stty raw -echo; echo ready; head -c 1048576 | "
      "{ yes 0123456789abcde | head -c 1048576 > /tmp/quern-typed.$$; cmp - /tmp/quern-typed.$$ && "
      "echo same; "
      "rm /tmp/quern-typed.$$; }");
  at.until_it_says("ready");
  std::string typed;
  while (typed.size() < 1048576) typed += "0123456789abcde\n";
  at.terminal->write(std::move(typed));
  CHECK(at.terminal->unread() > 0);
  at.until_it_says("same");
  CHECK(at.terminal->unread() == 0);
}

TEST_CASE("an interrupt gets past what nobody reads, and makes the terminal forget it") {
  AtTerminal at(
      "trap 'echo caught; read line; echo [$line]; exit' INT; echo ready; while :; do sleep 0.05; "
      "done");
  at.until_it_says("ready");
  at.terminal->write(std::string(300'000, '\n'));
  CHECK(at.terminal->interrupt());
  at.until_it_says("^C");
  at.until_it_says("caught");
  CHECK(at.terminal->unread() == 0);
  at.terminal->write("typed later\n");
  at.until_it_says("[typed later]");
}

TEST_CASE(
    "an interrupt reaches the foreground group of a terminal that takes no keys for signals") {
  AtTerminal at(
      "stty raw -echo; trap 'echo caught; exit' INT; echo ready; while :; do sleep 0.05; done");
  at.until_it_says("ready");
  CHECK(at.terminal->interrupt());
  at.until_it_says("caught");
}

TEST_CASE("only a terminal that edits lines unseen hides its input") {
  AtTerminal at(
      "read a; stty -echo; echo one; read a; stty raw; echo two; head -c 1 > /dev/null; "
      "stty sane; echo three; cat");
  CHECK_FALSE(at.terminal->hides_input());
  at.terminal->write("\n");
  at.until_it_says("one");
  CHECK(at.terminal->hides_input());
  at.terminal->write("\n");
  at.until_it_says("two");
  CHECK_FALSE(at.terminal->hides_input());
  at.terminal->write("x");
  at.until_it_says("three");
  CHECK_FALSE(at.terminal->hides_input());
}

TEST_CASE("the end of input is what the program's terminal has for it, and none where it is raw") {
  AtTerminal at("stty eof ^X; echo ready; cat; stty raw; echo raw; cat");
  at.until_it_says("ready");
  REQUIRE(at.terminal->end_of_file() == '\x18');
  at.terminal->write(std::string(1, *at.terminal->end_of_file()));
  at.until_it_says("raw");
  CHECK_FALSE(at.terminal->end_of_file());
}

TEST_CASE("all that was written to a terminal before the program ended is drained from it") {
  World world;
  Pty pty = opened({});
  Command command = shell("stty raw; yes 0123456789abcde | head -c 10000");
  command.terminal = true;
  for (const int standard : {0, 1, 2}) command.descriptors.push_back({standard, pty.slave.get()});
  auto child = world.start(command);
  pty.slave.reset();
  CHECK(world.run(child->wait()).success());
  std::size_t got = 0;
  Pump pump(world.io.get_executor(), std::move(pty.master),
            [&](const std::shared_ptr<const char[]>&, std::size_t size) { got += size; });
  pump.drain();
  CHECK(got == 10000);
  CHECK(pump.at_end());
}

TEST_CASE("what is typed when nobody has the terminal open any more is thrown away") {
  AtTerminal at("exit 0");
  CHECK(at.end() == exit_code(0));
  at.terminal->write("for nobody");
  CHECK(at.terminal->unread() == 0);
}
