// SPDX-License-Identifier: Apache-2.0
// Looks at something by a LookSchedule, again and again, until that is over for good.
//
// Owned by who looks; run() is over before it goes. Never: throws, knows what is looked at.
#pragma once

#include "look_schedule.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>

namespace quern {

class Looks {
 public:
  Looks(boost::asio::any_io_executor executor, std::function<void()> look);

  const LookSchedule& schedule() const { return schedule_; }
  bool finished() const { return finished_; }

  void stir();    // something has happened: look soon
  void stop();    // until it stirs again; nothing is believed any more
  void finish();  // for good
  bool looked(LookSchedule::Time now, LookSchedule::Span cost,
              const std::optional<StdinWait>& seen) {
    return schedule_.looked(now, cost, seen);
  }

  boost::asio::awaitable<void> run();  // until finish(), or cancelled

 private:
  const std::function<void()> look_;
  LookSchedule schedule_;
  bool finished_ = false;
  boost::asio::steady_timer due_;
};

}  // namespace quern
