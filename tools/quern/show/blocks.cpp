// SPDX-License-Identifier: Apache-2.0
#include "blocks.hpp"

#include <algorithm>
#include <cstdlib>

namespace quern {
namespace {

bool is_seen(const Point& point) { return point[3] >= 128; }

// xterm's colours 16 to 231 are a cube of six steps a side, 232 to 255 are greys.
int nearest_indexed(const Point& point) {
  static constexpr int steps[] = {0, 95, 135, 175, 215, 255};
  const auto step_of = [](int value) {
    int best = 0;
    for (int i = 1; i < 6; ++i)
      if (std::abs(steps[i] - value) < std::abs(steps[best] - value)) best = i;
    return best;
  };
  const auto distance = [&](int red, int green, int blue) {
    const int r = red - point[0], g = green - point[1], b = blue - point[2];
    return r * r + g * g + b * b;
  };
  const int red = step_of(point[0]), green = step_of(point[1]), blue = step_of(point[2]);
  const int grey = std::clamp(((point[0] + point[1] + point[2]) / 3 - 3) / 10, 0, 23);
  const int level = 8 + 10 * grey;
  return distance(level, level, level) < distance(steps[red], steps[green], steps[blue])
             ? 232 + grey
             : 16 + 36 * red + 6 * green + blue;
}

std::string colour_of(const Point& point, bool direct) {
  if (!direct) return "5;" + std::to_string(nearest_indexed(point));
  return "2;" + std::to_string(point[0]) + ";" + std::to_string(point[1]) + ";" +
         std::to_string(point[2]);
}

}  // namespace

std::string blocks_of(const Pixels& pixels, bool direct) {
  std::string text;
  for (std::size_t y = 0; y < pixels.height; y += 2) {
    std::string style;
    for (std::size_t x = 0; x < pixels.width; ++x) {
      const Point upper = pixels.at(x, y);
      const Point lower = y + 1 < pixels.height ? pixels.at(x, y + 1) : Point{};
      const Point& front = is_seen(upper) ? upper : lower;
      std::string wanted = "\x1b[0m";
      if (is_seen(front)) wanted = "\x1b[0;38;" + colour_of(front, direct);
      if (is_seen(upper) && is_seen(lower)) wanted += ";48;" + colour_of(lower, direct);
      if (is_seen(front)) wanted += "m";
      if (wanted != style) text += wanted;
      style = wanted;
      text += is_seen(upper) ? "▀" : is_seen(lower) ? "▄" : " ";
    }
    text += "\x1b[0m\n";
  }
  return text;
}

}  // namespace quern
