// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

#include "channel.hpp"
#include "streams.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quern {
namespace {

constexpr int first_high = 200;  // where the channel's are too
const char* const parent_variable = "TRACEPARENT";

void set_parent(const std::optional<std::string>& value) {
  value ? setenv(parent_variable, value->c_str(), 1) : unsetenv(parent_variable);
}

}  // namespace

Surroundings::Surroundings(const Frame& request) {
  if (const std::string* parent = request.part("traceparent")) {
    traced_ = true;
    parent_ = *parent;
    if (const char* before = std::getenv(parent_variable)) {
      parent_before_ = before;
    }
    set_parent(parent_);
  }
  if (request.attribute("merge") == "1") {
    merge();
  }
}

void Surroundings::leave() {
  if (traced_) {
    traced_ = false;
    const char* now = std::getenv(parent_variable);
    if (now && now == parent_) {
      set_parent(parent_before_);
    }
  }
  if (stderr_ >= 0) {
    unmerge();
  }
}

void Surroundings::merge() {
  struct stat status{};
  int kept = fcntl(2, F_DUPFD_CLOEXEC, first_high);
  if (kept < 0 || dup2(1, 2) < 0 || fstat(2, &status) != 0) {
    return;
  }
  stderr_ = kept;
  device_ = status.st_dev;
  inode_ = status.st_ino;
  buffer_output(false);
}

void Surroundings::unmerge() {
  flush_output();
  buffer_output(true);
  struct stat status{};
  if (fstat(2, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
    dup2(stderr_, 2);
  }
  close(stderr_);
  stderr_ = -1;
}

}  // namespace quern
