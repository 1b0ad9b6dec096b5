// SPDX-License-Identifier: Apache-2.0
// The kernel's openat2 and our walk must come to the same place, or fail for the same reason.
#include "file_path.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

using namespace quern;

namespace fs = std::filesystem;

namespace {

// Where an open came to: device and inode, or the errno.
struct Arrival {
  dev_t device = 0;
  ino_t inode = 0;
  int failed = 0;
  friend bool operator==(const Arrival&, const Arrival&) = default;
};

Arrival arrival(const UniqueFd& fd) {
  if (!fd) return {0, 0, errno};
  struct stat is{};
  if (::fstat(fd.get(), &is) != 0) return {0, 0, errno};
  return {is.st_dev, is.st_ino, 0};
}

}  // namespace

TEST_CASE("without openat2 every path leads to the same place or fails alike") {
  Scratch dir;
  fs::create_directories(dir / "a/b");
  dir.write("a/b/file", "x");
  fs::create_symlink("a/b", dir / "relative");
  fs::create_symlink(dir / "a", dir / "absolute");
  fs::create_symlink("../../relative/file", dir / "a/b/round");
  fs::create_symlink("a/b/", dir / "slash");
  fs::create_symlink("nothing", dir / "dangling");
  fs::create_symlink("loop", dir / "loop");
  fs::create_symlink("/proc/self/fd", dir / "fds");
  const std::vector<std::string> paths{dir.path(),
                                       dir / "a/b/file",
                                       dir / "relative/file",
                                       dir / "absolute/b/file",
                                       dir / "a/b/round",
                                       dir / "slash/file",
                                       dir / "slash",
                                       dir / "a/../a//b/./file",
                                       dir / "a/b/file/",
                                       dir / "a/b/file/x",
                                       dir / "a/b/",
                                       dir / "dangling",
                                       dir / "loop",
                                       dir / "loop/x",
                                       dir / "none",
                                       dir / "none/none",
                                       dir / "file/..",
                                       dir / "fds/0",
                                       "/",
                                       "//",
                                       "/..",
                                       "/proc/self/comm",
                                       "/proc/mounts",
                                       "/proc/self/exe",
                                       "/proc/self/cwd",
                                       "/proc/self/root/etc",
                                       "/proc/self/fd/0",
                                       "/dev/null",
                                       dir / std::string(300, 'n')};
  for (const std::string& path : paths) {
    for (int flags : {O_PATH, O_PATH | O_NOFOLLOW, O_PATH | O_DIRECTORY, O_RDONLY | O_NONBLOCK}) {
      INFO(path << " with " << flags);
      const Arrival by_kernel = arrival(open_path(path, flags));
      const Arrival by_hand = arrival(walk_path(path, flags));
      CHECK(by_hand.failed == by_kernel.failed);
      CHECK((by_hand == by_kernel));
    }
  }
}

TEST_CASE("without openat2 a file is made where the path leads, links included") {
  Scratch dir;
  fs::create_directory(dir / "d");
  fs::create_symlink("d/made", dir / "link");
  CHECK(walk_path(dir / "plain", O_WRONLY | O_CREAT, 0600));
  CHECK(walk_path(dir / "link", O_WRONLY | O_CREAT, 0600));
  CHECK(fs::is_regular_file(dir / "plain"));
  CHECK(fs::is_regular_file(dir / "d/made"));
  CHECK_FALSE(walk_path(dir / "none/x", O_WRONLY | O_CREAT, 0600));
}

TEST_CASE("a magic link and a loop are both ELOOP to the kernel, but not to the reader") {
  Scratch dir;
  fs::create_symlink("loop", dir / "loop");
  CHECK(file_error("read", "/proc/self/exe", ELOOP).code == ErrorCode::denied);
  CHECK(file_error("read", dir / "loop", ELOOP) ==
        Error{ErrorCode::bad_request,
              "Cannot read " + (dir / "loop") + ": Too many levels of symbolic links."});
}

TEST_CASE("directories that are missing above a path are made") {
  Scratch dir;
  CHECK(make_parents(dir / "a/b/../c/file").has_value());
  CHECK(fs::is_directory(dir / "a/b"));
  CHECK(fs::is_directory(dir / "a/c"));
  CHECK_FALSE(fs::exists(dir / "a/c/file"));
  CHECK(make_parents(dir / "a/c/file").has_value());
  dir.write("file", "");
  CHECK(make_parents(dir / "file/x/y").error().code == ErrorCode::bad_request);
}

TEST_CASE("a spot is the directory and the name in it, whatever slashes there are") {
  Scratch dir;
  fs::create_directory(dir / "a");
  for (const char* path : {"a/x", "a//x", "a/x/", "a/./x//"}) {
    auto spot = spot_of(dir / path, Parents::there, "move");
    REQUIRE(spot.has_value());
    CHECK(spot->name == "x");
    CHECK((arrival(spot->parent) == arrival(open_path(dir / "a", O_PATH))));
  }
  CHECK(spot_of("/x", Parents::there, "move")->name == "x");
  for (const char* path : {"/", "//", "/a/..", "/a/."}) {
    CHECK(spot_of(path, Parents::there, "move").error().code == ErrorCode::denied);
  }
}
