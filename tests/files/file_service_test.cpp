// SPDX-License-Identifier: Apache-2.0
#include "file_service.hpp"
#include "scratch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <exception>

using namespace quern;

namespace asio = boost::asio;

namespace {

// Runs a scenario to its end; its failures are the test's.
template <class Scenario>
void play(Scenario scenario) {
  asio::io_context io(1);
  std::exception_ptr failure;
  asio::co_spawn(io, scenario(), [&](std::exception_ptr thrown) { failure = thrown; });
  io.run();
  if (failure) std::rethrow_exception(failure);
}

Put put_of(std::string path, std::string bytes) {
  Put put;
  put.path = std::move(path);
  put.bytes = std::move(bytes);
  return put;
}

}  // namespace

TEST_CASE("what is put can be got, listed, moved and removed") {
  Scratch dir;
  FileThread thread;
  FileService files(thread, dir.path());
  play([&]() -> asio::awaitable<void> {
    Result<PutReply> put = co_await files.put(put_of("a/b", "hello"));
    CHECK(put.value() == PutReply{5});
    Result<GetReply> got = co_await files.get({"a/b", 1, 3});
    CHECK(got.value() == GetReply{5, false, Blob("ell")});
    Result<ListReply> listed = co_await files.list({"a", "", 10});
    CHECK(listed.value().entries.at(0).name == "b");
    Result<Ok> moved = co_await files.move({"a/b", "c"});
    CHECK(moved.has_value());
    Result<Ok> removed = co_await files.remove({"a", false});
    CHECK(removed.has_value());
  });
  CHECK(dir.read("c") == "hello");
  CHECK_FALSE(std::filesystem::exists(dir / "a"));
}

TEST_CASE("the sum of a file is that of its content") {
  Scratch dir;
  dir.write("a", "abc");
  FileThread thread;
  FileService files(thread, dir.path());
  play([&]() -> asio::awaitable<void> {
    Result<StatReply> stat = co_await files.stat({"a", true}, [] { return true; });
    CHECK(stat.value().sha256 ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
}

TEST_CASE("nobody goes on reading an endless file for a client that has left") {
  Scratch dir;
  dir.write("endless", "");
  std::filesystem::resize_file(dir / "endless", std::uintmax_t{1} << 42);
  FileThread thread;
  FileService files(thread, dir.path());
  int asked = 0;
  play([&]() -> asio::awaitable<void> {
    Result<StatReply> stat = co_await files.stat({"endless", true}, [&] { return ++asked < 4; });
    CHECK(stat.error().code == ErrorCode::io);
  });
  CHECK(asked == 4);
}
