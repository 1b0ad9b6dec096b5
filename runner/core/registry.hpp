// SPDX-License-Identifier: Apache-2.0
// The runs that have names: those that live, and the finished ones until they are forgotten or
// expire.
//
// A name serves once in a boot, so of every name that ever was a fingerprint is kept. Finished runs
// go when their keep_ms is over, and earlier when there are more of them than limits.finished: the
// oldest first of those whose events were all acknowledged, and at four times the limit whatever is
// oldest.
#pragma once

#include "run.hpp"

#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace quern {

class Registry {
 public:
  Registry(boost::asio::any_io_executor executor, std::uint64_t finished_limit);

  std::shared_ptr<Run> find(const std::string& name) const;
  // The fingerprint of the request that had this name, whether its run is still here or not.
  std::optional<std::uint64_t> used(const std::string& name) const;
  void add(std::shared_ptr<Run> run);
  void finished(const std::shared_ptr<Run>& run);  // nothing more will come of it
  void forget(const std::string& name);

  const std::map<std::string, std::shared_ptr<Run>>& runs() const { return runs_; }

  boost::asio::awaitable<void> expire();  // until cancelled

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  using Expiries = std::multimap<TimePoint, std::string>;
  struct Ended {
    std::shared_ptr<Run> run;
    Expiries::iterator expiry;
  };

  void trim();

  std::uint64_t finished_limit_;
  std::map<std::string, std::shared_ptr<Run>> runs_;
  std::unordered_map<std::uint64_t, std::uint64_t> used_;  // hash of the name -> fingerprint
  std::list<Ended> finished_;                              // oldest first
  std::unordered_map<std::string, std::list<Ended>::iterator> places_;  // of the finished, by name
  Expiries expiries_;
  Notifier changed_;
};

}  // namespace quern
