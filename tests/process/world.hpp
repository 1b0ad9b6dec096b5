// SPDX-License-Identifier: Apache-2.0
// What the tests of the process layer stand on: a loop, a reaper and a launcher of the real world,
// and ways to run a shell's script under them. One a test; at its end nothing may be left of it.
#pragma once

#include "launcher.hpp"
#include "pipe.hpp"
#include "process_table.hpp"
#include "pump.hpp"
#include "reaper.hpp"
#include "system_launcher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace quern::test {

using boost::asio::awaitable;
using namespace std::chrono_literals;

inline Command shell(std::string script) {
  Command command;
  command.argv = {"/bin/sh", "-c", std::move(script)};
  command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  return command;
}

inline ExitStatus without_usage(ExitStatus status) {
  status.cpu = {};
  status.max_rss = 0;
  return status;
}

inline ExitStatus exit_code(int code) {
  ExitStatus status;
  status.code = code;
  return status;
}

inline ExitStatus ended_by(int signal) {
  ExitStatus status;
  status.signal = signal;
  return status;
}

// Children of this process, the dead but unreaped too.
inline std::size_t children() {
  std::size_t count = 0;
  for (const ProcessStat& process : read_process_table().processes)
    count += process.parent == ::getpid() ? 1 : 0;
  return count;
}

// Each with its name and state: what a test that fails says.
inline std::vector<std::string> children_left() {
  std::vector<std::string> left;
  for (const ProcessStat& process : read_process_table().processes) {
    if (process.parent != ::getpid()) continue;
    std::ifstream comm("/proc/" + std::to_string(process.pid) + "/comm");
    std::string name = "?";
    std::getline(comm, name);
    left.push_back(name + " " + process.state);
  }
  return left;
}

inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class World {
 public:
  boost::asio::io_context io;
  Reaper reaper{io.get_executor()};
  SystemLauncher launcher{io.get_executor(), reaper};

  // The reaper waits for its orphans: it is checked that none is left.
  World() {
    boost::asio::co_spawn(io, reaper.run(), [](std::exception_ptr) {});
  }
  ~World() {
    reaper.collect();
    CHECK(children_left().empty());
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void step_until(const std::function<bool()>& done, std::chrono::seconds most = 120s) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!done() && std::chrono::steady_clock::now() < deadline) io.run_one_for(10ms);
    REQUIRE(done());
  }

  // To its end, or the test fails. What it throws is thrown.
  void run(awaitable<void> work) {
    bool done = false;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr e) {
      thrown = e;
      done = true;
    });
    step_until([&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
  }

  template <typename T>
  T run(awaitable<T> work) {
    std::optional<T> result;
    run([](awaitable<T> inner, std::optional<T>& into) -> awaitable<void> {
      into = co_await std::move(inner);
    }(std::move(work), result));
    return std::move(*result);
  }

  std::unique_ptr<Child> start(const Command& command) {
    auto child = launcher.launch(command);
    if (!child) FAIL(child.error().what);
    return std::move(*child);
  }
};

// A child whose stdout and stderr are read into one string.
class Program {
 public:
  Program(World& world, Command command) : world_(world) {
    OutputPipe pipe = output_pipe();
    command.descriptors.push_back({1, pipe.write_end.get()});
    command.descriptors.push_back({2, pipe.write_end.get()});
    child = world.start(command);
    pump_.emplace(world.io.get_executor(), std::move(pipe.read_end),
                  [this](std::shared_ptr<const char[]> bytes, std::size_t size) {
                    output.append(bytes.get(), size);
                  });
    boost::asio::co_spawn(world.io, pump_->run(), [](std::exception_ptr) {});
  }
  ~Program() {
    child.reset();
    until_eof();
    while (world_.io.poll() > 0) {  // the pump's coroutine must be over before the pump is
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void until_it_says(const std::string& text) {
    world_.step_until([&] { return output.find(text) != std::string::npos; });
  }

  void until_eof() {
    world_.step_until([this] { return pump_->eof(); });
  }

  std::string output;
  std::unique_ptr<Child> child;

 private:
  World& world_;
  std::optional<Pump> pump_;
};

struct Ran {
  ExitStatus status;
  std::string output;
  friend bool operator==(const Ran&, const Ran&) = default;
};

// A command's end and all that it said; what it left running is ended.
inline Ran run(World& world, Command command) {
  Ran ran;
  Program program(world, std::move(command));
  ran.status = without_usage(world.run(program.child->wait()));
  world.run(program.child->stop(0ms));
  program.until_eof();
  ran.output = program.output;
  return ran;
}

}  // namespace quern::test
