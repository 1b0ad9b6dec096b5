// SPDX-License-Identifier: Apache-2.0
#include "look_schedule.hpp"

#include <algorithm>
#include <iterator>

namespace quern {
namespace {

using namespace std::chrono_literals;

// A program that has written its question needs some microseconds until it reads, one in a virtual
// machine some milliseconds. The last goes on for ever: what asks without a word is noticed within
// the tenth of a second in which nobody minds.
constexpr LookSchedule::Span delays[] = {1ms, 4ms, 10ms, 20ms, 40ms, 80ms, 100ms};

// An event loop that is about to do something else does it sooner.
constexpr auto listening_apart = 10ms;

// A wait that is not seen for so long is over.
constexpr auto gone_for_sure = 250ms;
constexpr auto between_misses = 25ms;
// While one is seen: ever more seldom, too.
constexpr LookSchedule::Span slowly = 100ms;
constexpr LookSchedule::Span longest_delay = 1s;

constexpr int share = 100;  // one part of so many is what looks may cost
// Fifty looks at a small program.
constexpr LookSchedule::Span most_saved = 5ms;
// What a look costs beside itself: a timer, a turn of the loop.
constexpr LookSchedule::Span around_a_look = 15us;

}  // namespace

void LookSchedule::stir(Time now) {
  quiet_looks_ = 0;
  candidate_.reset();
  const Time wanted = now + delays[0];
  if (!due_ || wanted < *due_) {
    save_up(now);
    set_due(wanted);
  }
}

void LookSchedule::stop() {
  due_.reset();
  candidate_.reset();
  waits_ = false;
}

bool LookSchedule::looked(Time now, Span cost, const std::optional<StdinWait>& seen) {
  save_up(now);
  savings_ -= cost + around_a_look;
  return waits_ ? looked_at_a_wait(now, seen.has_value()) : looked_for_a_wait(now, seen);
}

bool LookSchedule::looked_for_a_wait(Time now, const std::optional<StdinWait>& seen) {
  const bool again = seen && seen == candidate_;
  if (seen && (!seen->listens || (again && now >= candidate_since_ + listening_apart))) {
    waits_ = true;
    candidate_.reset();
    missed_since_.reset();
    quiet_looks_ = 0;
    set_due(now + slowly);
    return true;
  }
  if (!again) {
    candidate_ = seen;
    candidate_since_ = now;
  }
  quiet_looks_ = std::min(quiet_looks_ + 1, std::size(delays) - 1);
  set_due(candidate_ ? candidate_since_ + listening_apart : now + delays[quiet_looks_]);
  return false;
}

bool LookSchedule::looked_at_a_wait(Time now, bool seen) {
  if (!seen && missed_since_ && now >= *missed_since_ + gone_for_sure) {
    waits_ = false;
    quiet_looks_ = 0;
    set_due(now + delays[0]);
    return true;
  }
  if (seen) {
    missed_since_.reset();
    set_due(now + std::min<Span>(slowly * ++quiet_looks_, longest_delay));
  } else {
    if (!missed_since_) missed_since_ = now;
    set_due(now + between_misses);
  }
  return false;
}

void LookSchedule::save_up(Time now) {
  const Span more = counted_ ? (now - *counted_) / share : most_saved;
  savings_ = std::min(savings_ + more, most_saved);
  counted_ = now;
}

// Not before it is affordable.
void LookSchedule::set_due(Time wanted) {
  if (savings_ < Span{}) wanted = std::max(wanted, *counted_ - savings_ * share);
  due_ = wanted;
}

}  // namespace quern
