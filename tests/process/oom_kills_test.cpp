// SPDX-License-Identifier: Apache-2.0
// Whom the kernel has killed for want of memory, as both versions of control groups tell it.
#include "oom_kills.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace quern;

namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("quern-group-" + std::to_string(::getpid()))) {
    fs::create_directory(path);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const char* name, const std::string& text) const {
    std::ofstream(path / name) << text;
  }
  const fs::path path;
};

}  // namespace

TEST_CASE("the own group of memory is found beside those of other controllers") {
  const std::string mounts =
      "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
      "40 31 0:37 /pod/a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const auto group = own_group(mounts, "8:pids:/x\n4:memory:/pod/a\n0::/\n", "memory");
  REQUIRE(group);
  CHECK(*group == GroupPath{"/sys/fs/cgroup/memory", false});
}

TEST_CASE("both versions of control groups tell how often and at which bound") {
  const Folder folder;
  SECTION("v1") {
    folder.write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
    folder.write("memory.limit_in_bytes", "67108864\n");
    const OomKills kills(GroupPath{folder.path, false});
    CHECK(kills.count() == 2);
    CHECK(kills.limit() == 67108864U);
    folder.write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 13\n");
    CHECK(kills.count() == 13);
    folder.write("memory.limit_in_bytes", "9223372036854771712\n");
    CHECK_FALSE(kills.limit());
  }
  SECTION("v2") {
    folder.write("memory.events", "low 0\nhigh 0\nmax 5\noom 1\noom_kill 1\noom_group_kill 0\n");
    folder.write("memory.max", "max\n");
    const OomKills kills(GroupPath{folder.path, true});
    CHECK(kills.count() == 1);
    CHECK_FALSE(kills.limit());
  }
}

TEST_CASE("where no group can be seen, nobody is known to have been killed") {
  const Folder folder;
  CHECK(OomKills(std::nullopt).count() == 0);
  const OomKills nothing_there(GroupPath{folder.path, true});
  CHECK(nothing_there.count() == 0);
  CHECK_FALSE(nothing_there.limit());
}
