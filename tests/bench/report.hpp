// SPDX-License-Identifier: Apache-2.0
// What was measured, as a table to read and as JSON: one row a promise.
#pragma once

#include "samples.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace quern::bench {

// What a row's figure says: Quern's value beside the other's, or alone.
enum class Verdict { ratio_at_most, ratio_at_least, value_at_most, value_at_least };

struct Row {
  std::string what;
  std::string unit;  // of the samples
  Samples own;
  std::string beside;  // empty: it stands alone
  Samples other;
  Verdict verdict = Verdict::ratio_at_most;
  double wanted = 0;
  // What counts is the best that was seen: the most for throughput, else the least.
  bool more_is_better = false;
  bool by_median = false;  // then not the best counts, but what is usual

  double best(const Samples& samples) const {
    return more_is_better ? samples.most() : samples.least();
  }
  double counted(const Samples& samples) const {
    return by_median ? samples.median() : best(samples);
  }
  double figure() const;
  bool held() const;
};

void print_table(const std::vector<Row>& rows, std::FILE* to);
void write_json(const std::vector<Row>& rows, const std::string& path);

}  // namespace quern::bench
