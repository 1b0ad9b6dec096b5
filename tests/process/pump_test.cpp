// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <fcntl.h>
#include <pty.h>

#include <sys/ioctl.h>

using namespace quern;
using namespace quern::test;

namespace {

// A pump over a pipe that the test itself writes.
struct Pumped {
  explicit Pumped(World& world) : Pumped(world, output_pipe()) {}
  Pumped(World& world, OutputPipe ends)
      : write_end(std::move(ends.write_end)),
        pump(world.io.get_executor(), std::move(ends.read_end),
             [this](std::shared_ptr<const char[]> bytes, std::size_t size) {
               output.append(bytes.get(), size);
               largest = std::max(largest, size);
             }) {
    boost::asio::co_spawn(world.io, pump.run(), [this](std::exception_ptr e) {
      over = true;
      failed = e != nullptr;
    });
  }

  void write(const std::string& bytes) {
    REQUIRE(::write(write_end.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }

  UniqueFd write_end;
  std::string output;
  std::size_t largest = 0;
  bool over = false;
  bool failed = false;
  Pump pump;
};

}  // namespace

TEST_CASE("an output pipe is as large as it may be and closes at exec") {
  const OutputPipe pipe = output_pipe();
  CHECK(::fcntl(pipe.write_end.get(), F_GETPIPE_SZ) >= 256 << 10);
  CHECK(::fcntl(pipe.read_end.get(), F_GETFD) == FD_CLOEXEC);
  CHECK(::fcntl(pipe.write_end.get(), F_GETFD) == FD_CLOEXEC);
  CHECK((::fcntl(pipe.write_end.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("bytes come in order until the last writer closes") {
  World world;
  Pumped pumped(world);
  pumped.write("one ");
  world.step_until([&] { return pumped.output == "one "; });
  pumped.write("two");
  pumped.write_end.reset();
  world.step_until([&] { return pumped.over; });
  CHECK(pumped.output == "one two");
  CHECK(pumped.pump.eof());
  CHECK_FALSE(pumped.failed);
}

TEST_CASE("a large output comes in pieces of at most 256 KiB") {
  World world;
  Pumped pumped(world);
  std::string bytes(700'000, 'x');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i % 23);
  REQUIRE(::fcntl(pumped.write_end.get(), F_GETPIPE_SZ) >= 1 << 20);
  pumped.write(bytes);
  world.step_until([&] { return pumped.output.size() >= bytes.size(); });
  CHECK(pumped.output == bytes);
  CHECK(pumped.largest == 256 << 10);
  pumped.write_end.reset();
  world.step_until([&] { return pumped.over; });
}

TEST_CASE(
    "a drain hands on what is there, also while run() waits or is paused, and the order stays") {
  World world;
  Pumped pumped(world);
  pumped.write("one ");
  pumped.pump.drain();
  CHECK(pumped.output == "one ");
  world.io.poll();
  pumped.write("two ");
  pumped.pump.drain();
  CHECK(pumped.output == "one two ");
  pumped.pump.pause();
  pumped.write("three ");
  world.io.poll();
  CHECK(pumped.output == "one two ");
  pumped.pump.drain();
  CHECK(pumped.output == "one two three ");
  pumped.pump.drain();
  pumped.pump.resume();
  pumped.write("four");
  world.step_until([&] { return pumped.output == "one two three four"; });
  pumped.write_end.reset();
  world.step_until([&] { return pumped.over; });
}

TEST_CASE("a paused pump leaves the bytes in the pipe until it is resumed") {
  World world;
  Pumped pumped(world);
  world.io.poll();
  pumped.pump.pause();
  pumped.write("later");
  world.io.poll();
  world.io.poll();
  CHECK(pumped.output.empty());
  int in_pipe = 0;
  REQUIRE(::ioctl(pumped.write_end.get(), FIONREAD, &in_pipe) == 0);
  CHECK(in_pipe == 5);
  pumped.pump.resume();
  world.step_until([&] { return pumped.output == "later"; });
  pumped.write_end.reset();
  world.step_until([&] { return pumped.over; });
}

TEST_CASE("a terminal that nobody holds any more is an end of file") {
  World world;
  int ends[2];
  REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
  Pumped pumped(world, OutputPipe{UniqueFd(ends[0]), UniqueFd(ends[1])});
  pumped.write("hi");
  world.step_until([&] { return pumped.output == "hi"; });
  pumped.write_end.reset();
  world.step_until([&] { return pumped.over; });
  CHECK(pumped.pump.eof());
  CHECK_FALSE(pumped.failed);
}

TEST_CASE("a pump can be destroyed while it waits") {
  World world;
  {
    auto pumped = std::make_unique<Pumped>(world);
    world.io.poll();
    boost::asio::post(world.io, [] {});
    pumped->write_end.reset();
    world.step_until([&] { return pumped->over; });
  }
  CHECK(world.io.poll() == 0);
}
