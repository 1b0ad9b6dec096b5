// SPDX-License-Identifier: Apache-2.0
// Which version of each language is here, as its own program tells.
//
// Asked once, by the first who wants to know: the programs of all languages at the same time, with
// a bound on how long they may think. Never: delays the daemon's start.
#pragma once

#include "languages.hpp"
#include "launcher.hpp"
#include "notifier.hpp"
#include "task_group.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace quern {

// The first thing in a text that looks like a version: digits, a point, digits and so on.
std::string version_in(std::string_view text);

class Versions {
 public:
  Versions(TaskGroup& tasks, Launcher& launcher, const Languages& languages, Environment base);

  // Until all have answered, or the first who asked has waited long enough.
  boost::asio::awaitable<void> known();
  bool all_known() const { return reply_by_ && asked_ == 0; }
  std::string of(const std::string& language) const;

 private:
  boost::asio::awaitable<void> ask(const Manifest& manifest);
  boost::asio::awaitable<std::string> output_of(const Manifest& manifest);

  TaskGroup& tasks_;
  Launcher& launcher_;
  const Languages& languages_;
  Environment base_;
  Notifier answered_;
  std::map<std::string, std::string> versions_;
  std::optional<std::chrono::steady_clock::time_point> reply_by_;  // once they were asked
  int asked_ = 0;                                                  // that have not answered
};

}  // namespace quern
