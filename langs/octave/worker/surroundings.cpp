// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace quern {
namespace {

constexpr const char* trace_name = "TRACEPARENT";

bool same(int left, int right) {
  struct stat one, other;
  return fstat(left, &one) == 0 && fstat(right, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

}  // namespace

Surroundings::Surroundings(const Request& request) {
  if (const std::string* trace = request.part("traceparent")) {
    trace_ = *trace;
    if (const char* value = std::getenv(trace_name)) before_ = value;
    setenv(trace_name, trace_->c_str(), 1);
  }
  if (!request.is("merge", "1")) return;
  stderr_ = dup(2);
  dup2(1, 2);
}

Surroundings::~Surroundings() {
  const char* value = std::getenv(trace_name);
  if (trace_ && value && *trace_ == value) {
    if (before_)
      setenv(trace_name, before_->c_str(), 1);
    else
      unsetenv(trace_name);
  }
  if (stderr_ < 0) return;
  if (same(1, 2)) dup2(stderr_, 2);
  close(stderr_);
}

}  // namespace quern
