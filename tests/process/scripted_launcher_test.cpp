// SPDX-License-Identifier: Apache-2.0
// The tests' own launcher keeps the promises of launcher.hpp as far as others' tests rely on them.
#include "scripted_launcher.hpp"

#include "world.hpp"

#include <signal.h>

using namespace quern;
using namespace quern::test;

TEST_CASE("scripted children write, end and die as told, in the order of the launches") {
  World world;
  ScriptedLauncher launcher(world.io.get_executor());
  launcher.script({exits(2).after_writing(1, "boom\n"), dies_by(SIGSEGV),
                   fails("exec", ENOENT, "cannot start `x`")});
  OutputPipe pipe = output_pipe();
  Command command = shell("anything");
  command.descriptors.push_back({1, pipe.write_end.get()});

  auto first = launcher.launch(command);
  pipe.write_end.reset();
  CHECK(world.run((*first)->wait()) == exit_code(2));
  char bytes[16];
  CHECK(std::string(bytes, static_cast<std::size_t>(
                               ::read(pipe.read_end.get(), bytes, sizeof bytes))) == "boom\n");
  CHECK(::read(pipe.read_end.get(), bytes, sizeof bytes) == 0);

  CHECK(world.run((*launcher.launch(shell("")))->wait()) == ended_by(SIGSEGV));
  CHECK(launcher.launch(shell("")).error().what == "cannot start `x`");
  CHECK(launcher.launches() == 3);
  CHECK(launcher.commands.front().argv == command.argv);
  CHECK_THROWS_AS(launcher.launch(shell("")), std::logic_error);
}

TEST_CASE("a scripted child that never ends is ended by a signal, a stop or the test") {
  World world;
  ScriptedLauncher launcher(world.io.get_executor());
  launcher.script({never_ends(), never_ends().ignoring(SIGINT).ignoring(SIGTERM), never_ends()});
  auto polite = *launcher.launch(shell(""));
  auto deaf = *launcher.launch(shell(""));
  auto last = *launcher.launch(shell(""));
  CHECK(polite->signal(SIGINT));
  CHECK(world.run(polite->wait()) == ended_by(SIGINT));
  CHECK(deaf->signal(SIGINT));
  CHECK_FALSE(deaf->ended());
  world.run(deaf->stop(1s));
  CHECK(world.run(deaf->wait()) == ended_by(SIGKILL));
  launcher.end(last->pid(), exit_code(7));
  CHECK(world.run(last->wait()) == exit_code(7));
  using Sent = ScriptedLauncher::Sent;
  CHECK(launcher.signals == std::vector<Sent>{{polite->pid(), SIGINT},
                                              {deaf->pid(), SIGINT},
                                              {deaf->pid(), SIGTERM},
                                              {deaf->pid(), SIGKILL}});
}
