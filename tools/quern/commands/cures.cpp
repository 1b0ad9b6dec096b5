// SPDX-License-Identifier: Apache-2.0
#include "cures.hpp"

#include <string_view>

namespace quern {
namespace {

struct Cure {
  std::string_view code;
  std::string_view words;
};
constexpr Cure cures[] = {{"unknown-run", "quern ps lists those that are there"},
                          {"unknown-context", "quern status lists those that are there"}};

}  // namespace

std::string with_cure(const Refusal& refusal) {
  std::string sentence = refusal.what();
  for (const Cure& cure : cures) {
    if (cure.code != refusal.reason_code || !sentence.ends_with('.')) continue;
    sentence.pop_back();
    sentence.append("; ").append(cure.words).append(".");
  }
  return sentence;
}

}  // namespace quern
