// SPDX-License-Identifier: Apache-2.0
// Where groups of the kernel can be made, what they refuse a tree, and that nothing is left of
// them.
#include "cgroup.hpp"
#include "world.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

using namespace quern;
using namespace quern::test;

namespace fs = std::filesystem;

namespace {

std::string mount(const std::string& root, const std::string& where, const std::string& type,
                  const std::string& options) {
  return "39 31 0:36 " + root + " " + where + " rw,relatime shared:7 - " + type + " cgroup rw," +
         options + "\n";
}

std::string found(const std::string& mounts, const std::string& groups) {
  const auto own = own_group(mounts, groups);
  return own ? own->path.string() + (own->v2 ? " v2" : " v1") : "none";
}

// A world whose programs can be bounded; where the kernel does not let us, there is nothing to see.
struct BoundedWorld {
  Cgroups cgroups{own_group()};
  World world;
  SystemLauncher launcher{world.io.get_executor(), world.reaper, &cgroups};

  bool works() const {
    if (!cgroups.work()) WARN("no cgroups can be made here: this test has seen nothing");
    return cgroups.work();
  }
  std::size_t groups() const {
    const fs::directory_iterator all(place());
    return static_cast<std::size_t>(
        std::count_if(begin(all), end(all), [](const auto& one) { return one.is_directory(); }));
  }
  static fs::path place() { return own_group()->path / Cgroups::name_of(::getpid()); }
};

// Forks one that waits, says "ready"; at each USR1 it forks five more and says what came of them.
constexpr const char* forker =
    "exec perl -e '$| = 1; $SIG{USR1} = sub { $go = 1 }; fork or sleep 600; print \"ready\\n\";"
    "for (;;) { select undef, undef, undef, 0.01 until $go; $go = 0;"
    "  for (1 .. 5) { my $p = fork; print defined $p ? $p ? \"forked\\n\" : \"\" : \"refused\\n\";"
    "    if (defined $p && !$p) { $SIG{USR1} = \"IGNORE\"; sleep 600 while 1 } }"
    "  print \"over\\n\" }'";

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("the own group is found in the hierarchy that has the controller") {
  const std::string v1 = mount("/", "/sys/fs/cgroup/pids", "cgroup", "pids");
  const std::string joint = mount("/", "/sys/fs/cgroup/both", "cgroup", "cpu,pids");
  const std::string other = mount("/", "/sys/fs/cgroup/cpu", "cgroup", "cpu");
  const std::string v2 = mount("/", "/sys/fs/cgroup", "cgroup2", "nsdelegate");
  CHECK(found(other + v1, "4:cpu:/\n8:pids:/\n0::/\n") == "/sys/fs/cgroup/pids v1");
  CHECK(found(v1, "8:pids:/a/b\n") == "/sys/fs/cgroup/pids/a/b v1");
  CHECK(found(joint, "8:pids,cpu:/a\n") == "/sys/fs/cgroup/both/a v1");
  CHECK(found(v2, "0::/user.slice/x.scope\n") == "/sys/fs/cgroup/user.slice/x.scope v2");
  CHECK(found(v2 + v1, "8:pids:/a\n0::/b\n") == "/sys/fs/cgroup/pids/a v1");
}

TEST_CASE(
    "of a mount that shows a part only, the own group is within that part or not to be seen") {
  const std::string part = mount("/docker/7", "/sys/fs/cgroup/pids", "cgroup", "pids");
  CHECK(found(part, "8:pids:/docker/7\n") == "/sys/fs/cgroup/pids v1");
  CHECK(found(part, "8:pids:/docker/7/a\n") == "/sys/fs/cgroup/pids/a v1");
  CHECK(found(part, "8:pids:/docker/8\n") == "none");
  CHECK(found(part, "8:pids:/\n") == "none");
}

TEST_CASE("without a mount, a group or sense there is none") {
  const std::string v1 = mount("/", "/sys/fs/cgroup/pids", "cgroup", "pids");
  CHECK(found("", "8:pids:/\n") == "none");
  CHECK(found(v1, "") == "none");
  CHECK(found(v1, "4:cpu:/\n") == "none");
  CHECK(found(v1, "pids") == "none");
  CHECK(found("39 31 - cgroup\n", "8:pids:/\n") == "none");
}

TEST_CASE("where there is no such file system nothing works and nothing is left") {
  char pattern[] = "/tmp/process_test.XXXXXX";
  const fs::path directory = ::mkdtemp(pattern);
  {
    Cgroups cgroups(GroupPath{directory, false});
    CHECK_FALSE(cgroups.work());
    CHECK(cgroups.make() == nullptr);
    CHECK_FALSE(Cgroups(GroupPath{directory, true}).work());
    CHECK_FALSE(Cgroups(std::nullopt).work());
  }
  CHECK(fs::is_empty(directory));
  fs::remove(directory);
}

TEST_CASE("a tree is refused the processes beyond its bound, from its first on") {
  BoundedWorld bounded;
  if (!bounded.works()) return;
  OutputPipe pipe = output_pipe();
  Command command = shell(forker);
  command.processes = 4;
  command.descriptors = {{1, pipe.write_end.get()}};
  auto child = bounded.launcher.launch(command);
  REQUIRE(child.has_value());
  std::string output;
  Pump pump(bounded.world.io.get_executor(), std::move(pipe.read_end),
            [&](std::shared_ptr<const char[]> bytes, std::size_t size) {
              output.append(bytes.get(), size);
            });
  pipe.write_end.reset();
  const auto until_it_says = [&](const std::string& word, std::size_t often) {
    bounded.world.step_until([&] {
      pump.drain();
      return times(output, word) == often;
    });
  };
  until_it_says("ready", 1);
  ::kill((*child)->pid(), SIGUSR1);
  until_it_says("over", 1);
  CHECK(times(output, "forked") == 2);
  CHECK(times(output, "refused") == 3);
  CHECK((*child)->refused_processes() == 3);
  CHECK((*child)->usage().processes == 4);

  CHECK((*child)->bound_processes(1));  // beyond those that it has
  ::kill((*child)->pid(), SIGUSR1);
  until_it_says("over", 2);
  CHECK(times(output, "forked") == 3);
  CHECK((*child)->refused_processes() == 7);

  CHECK((*child)->bound_processes(std::nullopt));
  ::kill((*child)->pid(), SIGUSR1);
  until_it_says("over", 3);
  CHECK(times(output, "forked") == 8);
  CHECK(bounded.groups() == 1);
  bounded.world.run((*child)->stop(0ms));
  child->reset();
  CHECK(bounded.groups() == 0);
}

TEST_CASE("a tree that runs already is bounded with all that it has started") {
  BoundedWorld bounded;
  if (!bounded.works()) return;
  auto child = bounded.launcher.launch(shell("sleep 600 & setsid sleep 600 & exec sleep 600"));
  REQUIRE(child.has_value());
  bounded.world.step_until([&] { return (*child)->members().size() == 3; });
  CHECK((*child)->refused_processes() == 0);
  REQUIRE((*child)->bound_processes(5));
  CHECK(bounded.groups() == 1);
  std::size_t taken = 0;
  std::ifstream members(BoundedWorld::place() / "1" / "cgroup.procs");
  for (std::string line; std::getline(members, line);) ++taken;
  CHECK(taken == 3);
  bounded.world.run((*child)->stop(0ms));
  CHECK_FALSE((*child)->bound_processes(5));  // nobody is left
}

TEST_CASE("a group whose programs live on goes when they have gone") {
  fs::path place;
  {
    BoundedWorld bounded;
    if (!bounded.works()) return;
    place = BoundedWorld::place();
    Command command = shell("exec sleep 600");
    command.processes = 3;
    auto child = bounded.launcher.launch(command);
    REQUIRE(child.has_value());
    (*child)->disown();
    child->reset();
    CHECK(bounded.groups() == 1);
    CHECK(bounded.world.run(bounded.world.reaper.end_all()));
    CHECK(bounded.groups() == 1);
    CHECK(bounded.cgroups.make() != nullptr);  // whoever makes one clears up
    CHECK(bounded.groups() == 0);
  }
  CHECK_FALSE(fs::exists(place));
}

TEST_CASE("what a killed daemon has left of its groups the next one removes, with any number") {
  if (!Cgroups(own_group()).work()) {
    WARN("no cgroups can be made here: this test has seen nothing");
    return;
  }
  const fs::path anothers =
      own_group()->path / Cgroups::name_of(2000000000);  // no process has this number
  for (const fs::path& remains : {anothers, BoundedWorld::place()}) {
    REQUIRE(::mkdir(remains.c_str(), 0755) == 0);
    REQUIRE(::mkdir((remains / "1").c_str(), 0755) == 0);
  }
  {
    Cgroups next(own_group());
    CHECK(next.work());
    CHECK_FALSE(fs::exists(anothers));
  }
  CHECK_FALSE(fs::exists(BoundedWorld::place()));
}

TEST_CASE("the place of a daemon that counts processes in another namespace is let alone") {
  if (!Cgroups(own_group()).work()) {
    WARN("no cgroups can be made here: this test has seen nothing");
    return;
  }
  const fs::path elsewhere = own_group()->path / "quernd.1.2000000000";
  REQUIRE(::mkdir(elsewhere.c_str(), 0755) == 0);
  CHECK(Cgroups(own_group()).work());
  CHECK(::rmdir(elsewhere.c_str()) == 0);
}
