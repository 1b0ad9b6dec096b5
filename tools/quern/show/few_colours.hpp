// SPDX-License-Identifier: Apache-2.0
// The few colours that stand best for all of a picture's, by halving the widest box of them again
// and again (median cut). A value.
#pragma once

#include "pixels.hpp"

#include <cstdint>
#include <vector>

namespace quern {

class FewColours {
 public:
  FewColours(const Pixels& pixels, std::size_t most);
  const std::vector<Point>& colours() const { return colours_; }
  std::size_t index_of(const Point& point) const { return index_[key_of(point)]; }

 private:
  static std::size_t key_of(const Point& point) {
    return static_cast<std::size_t>(point[0] >> 3) << 10 |
           static_cast<std::size_t>(point[1] >> 3) << 5 | static_cast<std::size_t>(point[2] >> 3);
  }
  std::vector<Point> colours_;
  std::vector<std::uint16_t> index_;  // of each colour in 15 bits
};

}  // namespace quern
