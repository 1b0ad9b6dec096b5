// SPDX-License-Identifier: Apache-2.0
#include "pixels.hpp"

#include <algorithm>
#include <cmath>

namespace quern {
namespace {

// What of a row or column of old points makes up one new point.
struct Stretch {
  std::size_t first = 0, last = 0;  // last is one behind
};

Stretch stretch(std::size_t at, std::size_t from, std::size_t to) {
  const std::size_t first = at * from / to;
  return {first, std::max(first + 1, (at + 1) * from / to)};
}

Point mean(const Pixels& pixels, Stretch across, Stretch down) {
  std::array<std::uint64_t, 3> colour{};
  std::uint64_t opacity = 0;
  for (std::size_t y = down.first; y < down.last; ++y) {
    for (std::size_t x = across.first; x < across.last; ++x) {
      const Point& point = pixels.at(x, y);
      for (std::size_t i = 0; i < 3; ++i) colour[i] += std::uint64_t{point[i]} * point[3];
      opacity += point[3];
    }
  }
  Point result{};
  if (opacity == 0) return result;
  for (std::size_t i = 0; i < 3; ++i) result[i] = static_cast<std::uint8_t>(colour[i] / opacity);
  const std::uint64_t count = (across.last - across.first) * (down.last - down.first);
  result[3] = static_cast<std::uint8_t>(opacity / count);
  return result;
}

}  // namespace

Pixels scaled(const Pixels& pixels, std::size_t width, std::size_t height) {
  if (width == pixels.width && height == pixels.height) return pixels;
  Pixels result{width, height, {}};
  result.points.reserve(width * height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      result.points.push_back(
          mean(pixels, stretch(x, pixels.width, width), stretch(y, pixels.height, height)));
  return result;
}

Size fitted(Size size, Size room) {
  const double shrink =
      std::min({1.0, static_cast<double>(room.width) / static_cast<double>(size.width),
                static_cast<double>(room.height) / static_cast<double>(size.height)});
  const auto shrunk = [&](std::size_t length) {
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(std::lround(static_cast<double>(length) * shrink)));
  };
  return {shrunk(size.width), shrunk(size.height)};
}

}  // namespace quern
