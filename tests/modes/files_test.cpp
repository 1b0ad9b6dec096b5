// SPDX-License-Identifier: Apache-2.0
// The files that batch runs bring, and the directories that are made for them.
#include "files.hpp"

#include "core_world.hpp"
#include "private_dirs.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace quern;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a file's name stays below the work dir") {
  for (const char* good : {"a", "a/b/c.txt", "./a", ".hidden", "...", "a..b", "ü"}) {
    INFO(good);
    CHECK(check_files({{good, "", 0644}}).has_value());
  }
  for (const char* bad : {"", "/etc/passwd", "..", "../a", "a/../b", "a/..", "a/", "/"}) {
    INFO(bad);
    Result<void> checked = check_files({{bad, "", 0644}});
    REQUIRE(checked.has_error());
    CHECK(checked.error().code == ErrorCode::bad_request);
  }
}

TEST_CASE("no file is given twice, under whatever spelling") {
  CHECK(check_files({{"a", "", 0644}, {"b", "", 0644}}).has_value());
  CHECK(check_files({{"a", "", 0644}, {"a", "", 0644}}).has_error());
  CHECK(check_files({{"d/a", "", 0644}, {"./d/./a", "", 0644}}).has_error());
}

TEST_CASE("files are written with their folders, bytes and modes") {
  TempDir dir;
  const std::string bytes("\0\xff\n", 3);
  CHECK(write_files(
            dir.path(),
            {{"a/b/c", bytes, 0600}, {"run.sh", "#!/bin/sh\n", 0755}, {"empty", "", 0400}}) == "");
  CHECK(content(dir.path() / "a/b/c") == bytes);
  CHECK(content(dir.path() / "empty").empty());
  struct stat info{};
  REQUIRE(::stat((dir.path() / "run.sh").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0755);
  CHECK(write_files(dir.path(), {{"run.sh", "x", 0644}}) == "");
  CHECK(content(dir.path() / "run.sh") == "x");
}

TEST_CASE("a file that cannot be written is told by its name and reason") {
  TempDir dir;
  fs::create_directories(dir.path() / "folder");
  std::string problem = write_files(dir.path(), {{"folder", "x", 0644}});
  CHECK(problem == "Cannot create " + (dir.path() / "folder").string() + ": Is a directory.");
  std::ofstream(dir.path() / "file") << "x";
  CHECK(write_files(dir.path(), {{"file/below", "x", 0644}}) != "");
}

TEST_CASE("a work dir is listed sorted, folders with a slash, and one that is not there is empty") {
  TempDir dir;
  CHECK(write_files(dir.path(), {{"b/c", "", 0644}, {"a", "", 0644}, {"b/a/x", "", 0644}}) == "");
  CHECK(list_work_dir(dir.path()) == Listing{"a", "b/", "b/a/", "b/a/x", "b/c"});
  CHECK(list_work_dir(dir.path() / "nowhere").empty());
}

TEST_CASE("a work dir of any size and depth is listed as far as is sensible") {
  TempDir dir;
  fs::path deep = dir.path();
  for (int i = 0; i < 40; ++i) deep /= "d";
  fs::create_directories(deep);
  fs::create_directory_symlink(dir.path(), dir.path() / "loop");
  CHECK(list_work_dir(dir.path()).size() < 20);
}

TEST_CASE("private directories are fresh, for their user only, and go with their holder") {
  CoreWorld world;
  PrivateDirs dirs(world.tasks, world.files, {"/nowhere/at/all", world.dir.path()});
  Result<std::shared_ptr<PrivateDirs::Dir>> a = dirs.make();
  Result<std::shared_ptr<PrivateDirs::Dir>> b = dirs.make();
  REQUIRE((a.has_value() && b.has_value()));
  fs::path path = (*a)->path();
  CHECK(path != (*b)->path());
  CHECK(path.string().starts_with(world.dir.path().string()));
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  std::ofstream(path / "file") << "x";
  a->reset();
  CHECK(world.until([&] { return !fs::exists(path); }));
  CHECK(fs::exists((*b)->path()));
  path = (*b)->path();
  b->reset();
  world.end_tasks();
}

TEST_CASE("what is left of private directories goes with the daemon") {
  CoreWorld world;
  {
    PrivateDirs dirs(world.tasks, world.files, {world.dir.path()});
    REQUIRE(dirs.make().has_value());
    CHECK_FALSE(fs::is_empty(world.dir.path()));
    world.end_tasks();
  }
  CHECK(fs::is_empty(world.dir.path()));
}

TEST_CASE("where no directory can be made the error names every place and its reason") {
  CoreWorld world;
  PrivateDirs dirs(world.tasks, world.files, {"/nowhere/at/all", "/proc"});
  Result<std::shared_ptr<PrivateDirs::Dir>> made = dirs.make();
  REQUIRE(made.has_error());
  CHECK(made.error().code == ErrorCode::io);
  CHECK(made.error().message.find("/nowhere/at/all (No such file or directory)") !=
        std::string::npos);
  CHECK(made.error().message.find("/proc (") != std::string::npos);
}
