// SPDX-License-Identifier: Apache-2.0
#include "look_schedule.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace quern;
using namespace std::chrono_literals;

namespace {

using Time = LookSchedule::Time;

const Time start = Time{} + 1h;
const StdinWait reader{7, 0, false};
const StdinWait listener{7, 232, true};

// When the looks of a schedule are, in milliseconds after the start, each seeing the same.
std::vector<double> looks(LookSchedule& schedule, std::size_t most, LookSchedule::Span cost,
                          std::optional<StdinWait> seen = {}) {
  std::vector<double> at;
  while (schedule.due() && at.size() < most) {
    const Time now = *schedule.due();
    at.push_back(std::chrono::duration<double, std::milli>(now - start).count());
    schedule.looked(now, cost, seen);
  }
  return at;
}

}  // namespace

TEST_CASE("no look is due before something stirs, nor after it was stopped") {
  LookSchedule schedule;
  CHECK_FALSE(schedule.due());
  schedule.stir(start);
  CHECK(schedule.due() == start + 1ms);
  schedule.stop();
  CHECK_FALSE(schedule.due());
}

TEST_CASE("looks become more seldom while nothing stirs") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK(looks(schedule, 9, 50us) == std::vector<double>{1, 5, 15, 35, 75, 155, 255, 355, 455});
}

TEST_CASE("what stirs brings the next look forward and never puts it off") {
  LookSchedule schedule;
  schedule.stir(start);
  looks(schedule, 7, 50us);
  schedule.stir(start + 260ms);
  CHECK(schedule.due() == start + 261ms);
  schedule.stir(start + 260ms + 500us);
  CHECK(schedule.due() == start + 261ms);
  schedule.looked(start + 261ms, 50us, {});
  CHECK(schedule.due() == start + 265ms);
}

TEST_CASE("who reads is believed at the first look, and then looked at seldom") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK(schedule.looked(start + 1ms, 50us, reader));
  CHECK(schedule.waits());
  CHECK(looks(schedule, 6, 50us, reader) == std::vector<double>{101, 201, 401, 701, 1101, 1601});
  CHECK(schedule.waits());
}

TEST_CASE("a wait that is not seen any more is over after a while, not at once") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK(schedule.looked(start + 1ms, 50us, listener) == false);
  CHECK(schedule.looked(start + 11ms, 50us, listener));
  CHECK_FALSE(schedule.looked(start + 111ms, 50us, {}));
  CHECK(schedule.due() == start + 136ms);
  CHECK_FALSE(schedule.looked(start + 136ms, 50us, listener));
  CHECK(schedule.waits());
  CHECK_FALSE(schedule.looked(start + 1s, 50us, {}));
  CHECK_FALSE(schedule.looked(start + 1249ms, 50us, {}));
  CHECK(schedule.looked(start + 1250ms, 50us, {}));
  CHECK_FALSE(schedule.waits());
  CHECK(schedule.due() == start + 1251ms);
  CHECK(schedule.looked(start + 1251ms, 50us, reader));
}

TEST_CASE("what was written by one that waits brings the next look forward") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK(schedule.looked(start + 1ms, 50us, reader));
  schedule.stir(start + 20ms);
  CHECK(schedule.due() == start + 21ms);
  CHECK(schedule.waits());
}

TEST_CASE("who listens is believed when he still does at a look ten milliseconds later") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK_FALSE(schedule.looked(start + 1ms, 50us, listener));
  CHECK(schedule.due() == start + 11ms);
  CHECK(schedule.looked(start + 11ms, 50us, listener));
}

TEST_CASE("who listens elsewhere or not at all at the second look is not believed") {
  const StdinWait elsewhere{8, 232, true};
  for (const std::optional<StdinWait>& second :
       {std::optional(elsewhere), std::optional<StdinWait>{}}) {
    LookSchedule schedule;
    schedule.stir(start);
    CHECK_FALSE(schedule.looked(start + 1ms, 50us, listener));
    CHECK_FALSE(schedule.looked(start + 11ms, 50us, second));
    CHECK_FALSE(schedule.looked(start + 31ms, 50us, listener));
    CHECK(schedule.looked(start + 41ms, 50us, listener));
  }
}

TEST_CASE("what was written between two looks makes the first worth nothing") {
  LookSchedule schedule;
  schedule.stir(start);
  CHECK_FALSE(schedule.looked(start + 1ms, 50us, listener));
  schedule.stir(start + 5ms);
  CHECK_FALSE(schedule.looked(start + 11ms, 50us, listener));
  CHECK(schedule.looked(start + 21ms, 50us, listener));
}

TEST_CASE("looks cost a hundredth of the time, though the program stirs without end") {
  for (const auto cost : {50us, 200us, 2000us}) {
    LookSchedule schedule;
    LookSchedule::Span spent{};
    Time now = start;
    for (; now < start + 60s; now += 500us) {
      schedule.stir(now);
      if (now < *schedule.due()) continue;
      schedule.looked(now, cost, {});
      spent += cost;
    }
    CHECK(spent <= (now - start) / 100 + 7ms);  // what it had saved, and the look that was too much
    CHECK(spent >= (now - start) / 200);
  }
}
