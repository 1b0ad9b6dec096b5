// SPDX-License-Identifier: Apache-2.0
//
// What one run finds around it and what is as before when it is over: both streams made one, where
// the request says merge, and TRACEPARENT in the environment.
//
// What the snippet has itself put in their places stays. Lives in the session's run, around the
// snippet's code.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

namespace quern {

struct Frame;

class Surroundings {
 public:
  explicit Surroundings(const Frame& request);
  ~Surroundings() { leave(); }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

  // Everything that was printed is out, then all is as before.
  void leave();

 private:
  void merge();
  void unmerge();

  int stderr_ = -1;  // the real one, while it is merged
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool traced_ = false;
  std::string parent_;
  std::optional<std::string> parent_before_;
};

}  // namespace quern
