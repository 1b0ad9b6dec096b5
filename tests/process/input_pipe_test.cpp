// SPDX-License-Identifier: Apache-2.0
#include "input_pipe.hpp"
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>

using namespace quern;
using namespace quern::test;

namespace {

// An input pipe whose run() is under way until the end of the test.
struct Fed {
  explicit Fed(World& w) : world(w), input(w.io.get_executor()) {
    boost::asio::co_spawn(world.io, input.run(),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [this](std::exception_ptr) { over = true; }));
    world.io.poll();
  }
  ~Fed() {
    cancel.emit(boost::asio::cancellation_type::terminal);
    world.step_until([this] { return over; });
  }
  Fed(const Fed&) = delete;
  Fed& operator=(const Fed&) = delete;

  // As a program would: blocking, so only what is surely there.
  std::string read(std::size_t most) {
    std::string bytes(most, '\0');
    bytes.resize(static_cast<std::size_t>(
        std::max<ssize_t>(::read(input.read_end(), bytes.data(), most), 0)));
    return bytes;
  }

  World& world;
  boost::asio::cancellation_signal cancel;
  bool over = false;
  InputPipe input;
};

}  // namespace

TEST_CASE("what is written is read, then the end of file, then afresh after a new writer") {
  World world;
  Fed fed(world);
  fed.input.write("one\n");
  fed.input.close_writer();
  CHECK_FALSE(fed.input.writable());
  CHECK(fed.read(100) == "one\n");
  CHECK(fed.read(100).empty());
  fed.input.open_writer();
  CHECK(fed.input.writable());
  fed.input.write("two\n");
  CHECK(fed.read(100) == "two\n");
}

TEST_CASE("the end of file comes behind all bytes, also those the pipe had no room for") {
  World world;
  Fed fed(world);
  const std::string bytes(300'000, 'x');
  fed.input.write(bytes);
  fed.input.write("end");
  fed.input.close_writer();
  CHECK(fed.input.unread() == bytes.size() + 3);
  std::string seen;
  while (seen.size() < bytes.size() + 3) {
    seen += fed.read(50'000);
    world.io.poll();
    world.io.run_one_for(1ms);
  }
  CHECK(seen == bytes + "end");
  CHECK(fed.read(100).empty());
  CHECK(fed.input.unread() == 0);
}

TEST_CASE("the child's read end blocks, and stays so") {
  World world;
  Fed fed(world);
  fed.input.write("x");
  CHECK((::fcntl(fed.input.read_end(), F_GETFL) & O_NONBLOCK) == 0);
  fed.input.discard();
  CHECK((::fcntl(fed.input.read_end(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("discarding throws away what waits here and in the pipe, and lets a close come to pass") {
  World world;
  Fed fed(world);
  fed.input.write(std::string(300'000, 'x'));
  fed.input.discard();
  CHECK(fed.input.unread() == 0);
  fed.input.write("kept");
  CHECK(fed.read(100) == "kept");
  fed.input.write(std::string(300'000, 'x'));
  fed.input.close_writer();
  fed.input.discard();
  CHECK(fed.read(100).empty());
}

TEST_CASE("writing behind an end of file is an error of the caller") {
  World world;
  Fed fed(world);
  fed.input.close_writer();
  CHECK_THROWS_AS(fed.input.write("x"), std::logic_error);
}

TEST_CASE("a program reads its input to the end, one after the other on the same pipe") {
  World world;
  Fed fed(world);
  for (const std::string text : {"first", "second"}) {
    Command command = shell("cat");
    command.descriptors.push_back({0, fed.input.read_end()});
    fed.input.open_writer();
    Program program(world, command);
    fed.input.write(text);
    fed.input.close_writer();
    CHECK(world.run(program.child->wait()).success());
    program.until_eof();
    CHECK(program.output == text);
  }
}

TEST_CASE("a program that makes its stdin non-blocking does not disturb the next") {
  World world;
  Fed fed(world);
  Command rude = shell("exec perl -e 'use Fcntl; fcntl(STDIN, F_SETFL, O_NONBLOCK)'");
  rude.descriptors.push_back({0, fed.input.read_end()});
  CHECK(run(world, rude).status == exit_code(0));
  fed.input.write("still");
  fed.input.close_writer();
  CHECK(fed.read(100) == "still");
  CHECK(fed.read(100).empty());
}
