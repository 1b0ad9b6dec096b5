// SPDX-License-Identifier: Apache-2.0
// What one thing measured, many times over. The least is what the machine can do; the median, what
// it did.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace quern::bench {

using Clock = std::chrono::steady_clock;

inline double since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  // Microseconds that a call takes.
  template <class Call>
  void time(Call call) {
    auto start = Clock::now();
    call();
    add(since(start));
  }

  bool empty() const { return values_.empty(); }
  std::size_t count() const { return values_.size(); }
  double least() const { return *std::min_element(values_.begin(), values_.end()); }
  double most() const { return *std::max_element(values_.begin(), values_.end()); }
  double median() const {
    std::vector<double> sorted = values_;
    auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }

 private:
  std::vector<double> values_;
};

}  // namespace quern::bench
