// SPDX-License-Identifier: Apache-2.0
// How a kind of run is carried out. The dispatcher picks one; each is a coroutine that reads as its
// own specification.
#pragma once

#include "run.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace quern {

// What `accepted` tells.
struct Admission {
  std::uint64_t queued = 0;  // runs before it
  std::string cwd;
};

class Mode {
 public:
  Mode() = default;
  Mode(const Mode&) = delete;
  Mode& operator=(const Mode&) = delete;
  virtual ~Mode() = default;

  // Whether it can be done at all; says why not before anything has happened. A run that must wait
  // takes its place in line here. What is accepted is executed.
  virtual Result<Admission> accept(const std::shared_ptr<Run>& run) = 0;

  // From waiting in line to `finished` and what may follow it.
  virtual boost::asio::awaitable<void> execute(std::shared_ptr<Run> run) = 0;
};

}  // namespace quern
