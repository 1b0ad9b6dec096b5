// SPDX-License-Identifier: Apache-2.0
// How far a long transfer has come, on one line of a terminal that goes away at its end.
//
// Only stderr that is a terminal shows it.
#pragma once

#include "writer.hpp"

#include <cstdint>
#include <string>

namespace quern {

class Progress {
 public:
  // A total of 0: nobody knows it.
  Progress(Writer& writer, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void reached(std::uint64_t bytes);

 private:
  Writer& writer_;
  std::string what_;
  std::uint64_t total_;
  bool visible_;
  bool shown_ = false;
};

}  // namespace quern
