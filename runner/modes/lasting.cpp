// SPDX-License-Identifier: Apache-2.0
#include "lasting.hpp"

#include <algorithm>
#include <utility>

namespace quern {

void Lasting::add(One& one) {
  fresh_.push_back(&one);
  if (!timed_) set_timer();
}

void Lasting::remove(One& one) {
  std::erase(fresh_, &one);
  std::replace(next_.begin(), next_.end(), &one, static_cast<One*>(nullptr));
}

void Lasting::set_timer() {
  timed_ = true;
  timer_.expires_after(moment);
  timer_.async_wait([this, alive = alive_](boost::system::error_code) {
    if (*alive) tell();
  });
}

void Lasting::tell() {
  timed_ = false;
  // Who is told may take out others.
  for (std::size_t i = 0; i < next_.size(); ++i) {
    if (One* one = std::exchange(next_[i], nullptr)) one->lasts();
  }
  next_ = std::exchange(fresh_, {});
  if (!next_.empty()) set_timer();
}

}  // namespace quern
