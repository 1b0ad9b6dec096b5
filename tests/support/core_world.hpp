// SPDX-License-Identifier: Apache-2.0
// What the core stands on, for one test: an event loop that the test turns, a group of tasks, a
// spill.
//
// Nothing here waits for a time to pass: until() turns the loop until something is so, under a
// bound that only a fault reaches. At the end all tasks are cancelled and joined, as by main; one
// that failed fails the test.
#pragma once

#include "spill.hpp"
#include "task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace quern {

// A directory of the test's own, gone with it.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "quern-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }
  operator std::string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// The loop and its tasks. Whoever has tasks in it is declared before it, or ends them himself.
class Loop {
 public:
  static constexpr std::chrono::seconds bound{120};

  template <class Condition>
  bool until(Condition so, std::chrono::milliseconds most = bound) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!so() && std::chrono::steady_clock::now() < deadline) {
      if (io.stopped()) io.restart();
      if (io.run_one_until(deadline) == 0 && io.stopped() && !so()) return false;
    }
    return so();
  }

  // Everything that can go on without waiting has done so.
  void turn() {
    if (io.stopped()) io.restart();
    while (io.poll() > 0) {
    }
  }

  template <class T>
  T get(boost::asio::awaitable<T> task) {
    std::optional<T> value;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr failed, T got) {
      failure = failed;
      value.emplace(std::move(got));
      done = true;
    });
    REQUIRE(until([&] { return done; }));
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }

  boost::asio::io_context io{1};
};

struct CoreWorld : Loop {
  explicit CoreWorld(std::uint64_t spill_capacity = 4096 * mib)
      : spill(io.get_executor(), files, dir, spill_capacity) {}
  CoreWorld(std::uint64_t spill_capacity, std::string spill_dir)
      : spill(io.get_executor(), files, std::move(spill_dir), spill_capacity) {}
  ~CoreWorld() { end_tasks(); }

  // As main does; a test whose parts go before this world calls it itself.
  void end_tasks() {
    bool joined = false;
    // On the loop, as main does: from outside, Asio would carry it out later, on tasks that may be
    // gone.
    boost::asio::post(io, [this] { tasks.cancel(); });
    boost::asio::co_spawn(io, tasks.join(), [&](std::exception_ptr failed) {
      joined = true;
      if (!failed) return;
      try {
        std::rethrow_exception(failed);
      } catch (const std::exception& error) {
        FAIL_CHECK("a task failed: " << error.what());
      }
    });
    if (!until([&] { return joined; })) {
      FAIL_CHECK("a task does not end when it is cancelled");
      std::abort();
    }
  }

  TempDir dir;
  FileThread files;
  SpillStore spill;
  TaskGroup tasks{io.get_executor()};
};

}  // namespace quern
