// SPDX-License-Identifier: Apache-2.0
#include "sixel.hpp"

#include "few_colours.hpp"

#include <algorithm>
#include <map>

namespace quern {
namespace {

constexpr std::size_t most_colours = 256;
constexpr std::size_t band = 6;

// The same sixel many times is told by its count.
void add_run(std::string& text, char sixel, std::size_t count) {
  if (count > 3)
    text += "!" + std::to_string(count) + sixel;
  else
    text.append(count, sixel);
}

std::string row_of(const std::vector<std::uint8_t>& bits) {
  std::string text;
  for (std::size_t x = 0; x < bits.size();) {
    std::size_t end = x + 1;
    while (end < bits.size() && bits[end] == bits[x]) ++end;
    if (end < bits.size() || bits[x] != 0)  // nothing behind the last point needs no telling
      add_run(text, static_cast<char>(63 + bits[x]), end - x);
    x = end;
  }
  return text;
}

}  // namespace

std::string sixel_of(const Pixels& pixels) {
  const FewColours palette(pixels, most_colours);
  std::string text =
      "\x1bP0;1q\"1;1;" + std::to_string(pixels.width) + ";" + std::to_string(pixels.height);
  for (std::size_t i = 0; i < palette.colours().size(); ++i) {
    text += "#" + std::to_string(i) + ";2";
    for (std::size_t channel = 0; channel < 3; ++channel)
      text += ";" + std::to_string((palette.colours()[i][channel] * 100 + 127) / 255);
  }
  for (std::size_t y = 0; y < pixels.height; y += band) {
    std::map<std::size_t, std::vector<std::uint8_t>> colours;
    for (std::size_t line = 0; line < band && y + line < pixels.height; ++line) {
      for (std::size_t x = 0; x < pixels.width; ++x) {
        const Point& point = pixels.at(x, y + line);
        if (point[3] < 128) continue;
        auto& bits = colours[palette.index_of(point)];
        bits.resize(pixels.width, 0);
        bits[x] = static_cast<std::uint8_t>(bits[x] | 1U << line);
      }
    }
    for (const auto& [colour, bits] : colours)
      text += "#" + std::to_string(colour) + row_of(bits) + "$";
    if (text.ends_with('$')) text.pop_back();
    text += "-";
  }
  text.pop_back();
  return text + "\x1b\\";
}

}  // namespace quern
