// SPDX-License-Identifier: Apache-2.0
//
// What holds for one run: TRACEPARENT, and one stream for two. As long as it lives; then all is as
// before, but for what the snippet has changed itself.
#pragma once

#include "channel.hpp"

namespace quern {

class Surroundings {
 public:
  explicit Surroundings(const Request& request);
  ~Surroundings();
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

 private:
  std::optional<std::string> trace_, before_;
  int stderr_ = -1;
};

}  // namespace quern
