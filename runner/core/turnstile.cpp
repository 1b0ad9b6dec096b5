// SPDX-License-Identifier: Apache-2.0
#include "turnstile.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace quern {

namespace asio = boost::asio;

Turnstile::PlacePtr Turnstile::line_up(std::shared_ptr<Run> run) {
  return line_up(Place{std::move(run), nullptr});
}

Turnstile::PlacePtr Turnstile::line_up(std::shared_ptr<Notifier> asking) {
  return line_up(Place{nullptr, std::move(asking)});
}

Turnstile::PlacePtr Turnstile::line_up(Place place) {
  auto waiting = std::make_shared<Place>(std::move(place));
  line_.push_back(waiting);
  call_next();
  return waiting;
}

asio::awaitable<std::optional<Turnstile::Pass>> Turnstile::enter(PlacePtr place) {
  while (!place->called && !place->run->end_request()) co_await place->run->changed().wait();
  if (place->called) {
    std::optional<Pass> pass(std::in_place, *this, false);
    if (!place->run->end_request()) co_return pass;
    co_return std::nullopt;  // called and told to end at once: the pass goes, and with it the turn
  }
  line_.remove(place);
  co_return std::nullopt;
}

asio::awaitable<std::optional<Turnstile::Pass>> Turnstile::enter_by(PlacePtr place,
                                                                    Notifier::TimePoint deadline) {
  while (!place->called && !place->dismissed && std::chrono::steady_clock::now() < deadline) {
    co_await place->changed().wait_until(deadline);
  }
  if (place->called) co_return std::optional<Pass>(std::in_place, *this, true);
  line_.remove(place);
  co_return std::nullopt;
}

std::optional<Turnstile::Pass> Turnstile::enter_now() {
  if (!free()) return std::nullopt;
  ++inside_;
  ++questions_inside_;
  return std::optional<Pass>(std::in_place, *this, true);
}

void Turnstile::call_next() {
  while (inside_ < capacity_ && !line_.empty()) {
    PlacePtr place = line_.front();
    line_.pop_front();
    ++inside_;
    if (place->asking) ++questions_inside_;
    place->called = true;
    place->changed().notify();
  }
}

void Turnstile::leave(bool question) {
  --inside_;
  if (question) --questions_inside_;
  call_next();
}

std::uint64_t Turnstile::runs() const {
  auto is_run = [](const PlacePtr& place) { return place->run != nullptr; };
  auto waiting = std::count_if(line_.begin(), line_.end(), is_run);
  return inside_ - questions_inside_ + static_cast<std::uint64_t>(waiting);
}

void Turnstile::dismiss(const EndRequest& why) {
  std::vector<PlacePtr> line(line_.begin(), line_.end());
  for (const PlacePtr& place : line) {
    place->dismissed = true;
    if (place->run) place->run->end(why);
    place->changed().notify();
  }
}

}  // namespace quern
