// SPDX-License-Identifier: Apache-2.0
// A picture as points of red, green, blue and opacity, row by row. A value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

using Point = std::array<std::uint8_t, 4>;

struct Pixels {
  std::size_t width = 0, height = 0;
  std::vector<Point> points;  // width * height of them

  const Point& at(std::size_t x, std::size_t y) const { return points[y * width + x]; }
};

// Each new point is the mean of those it stands for, so that thin lines are pale rather than gone.
Pixels scaled(const Pixels& pixels, std::size_t width, std::size_t height);

struct Size {
  std::size_t width = 0, height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};
// The largest size of the same shape that fits, never larger than it is; at least 1 by 1.
Size fitted(Size size, Size room);

}  // namespace quern
