// SPDX-License-Identifier: Apache-2.0
#include "turnstile.hpp"

#include <vector>

namespace quern {

namespace asio = boost::asio;

Turnstile::PlacePtr Turnstile::line_up(std::shared_ptr<Run> run) {
  auto place = std::make_shared<Place>(Place{std::move(run)});
  line_.push_back(place);
  call_next();
  return place;
}

asio::awaitable<std::optional<Turnstile::Pass>> Turnstile::enter(PlacePtr place) {
  while (!place->called && !place->run->end_request()) co_await place->run->changed().wait();
  if (place->called) {
    std::optional<Pass> pass(*this);
    if (!place->run->end_request()) co_return pass;
    co_return std::nullopt;  // called and told to end at once: the pass goes, and with it the turn
  }
  line_.remove(place);
  co_return std::nullopt;
}

void Turnstile::call_next() {
  while (inside_ < capacity_ && !line_.empty()) {
    PlacePtr place = line_.front();
    line_.pop_front();
    ++inside_;
    place->called = true;
    place->run->changed().notify();
  }
}

void Turnstile::leave() {
  --inside_;
  call_next();
}

void Turnstile::dismiss(const EndRequest& why) {
  std::vector<PlacePtr> line(line_.begin(), line_.end());
  for (const PlacePtr& place : line) place->run->end(why);
}

}  // namespace quern
