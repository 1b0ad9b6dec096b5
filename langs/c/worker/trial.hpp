// SPDX-License-Identifier: Apache-2.0
//
// Does something in a forked child and brings back what it says, so that this process is as if it
// had never been done.
//
// The compiler cannot take a snippet back: a failed one leaves half its code behind, and a crash
// takes the context along. So every snippet is compiled in a child first, and questions are
// answered by one. The child runs none of the user's code, hears no interrupt, and never outlives
// the call.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace quern {

class Guard;

using Words = std::vector<std::string>;

// Nothing when the child was interrupted or crashed, or was not done in that time.
std::optional<Words> in_a_child(Guard& guard, unsigned seconds, const std::function<Words()>& work);

// Within the child: false when the work crashed. What it has changed is then half done, but can be
// looked at.
bool survived(const std::function<void()>& work);

}  // namespace quern
