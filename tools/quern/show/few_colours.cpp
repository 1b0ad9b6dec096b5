// SPDX-License-Identifier: Apache-2.0
#include "few_colours.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr std::size_t keys = 1U << 15;

// All points of one colour in 15 bits, summed up.
struct Heap {
  std::size_t key = 0;
  std::uint64_t count = 0;
  std::array<std::uint64_t, 3> sum{};
  std::uint64_t level(std::size_t channel) const { return sum[channel] / count; }
};

struct Box {
  std::size_t begin = 0, end = 0;  // among the heaps
  std::size_t channel = 0;         // in which it is widest
  std::uint64_t width = 0;
};

Box box_of(const std::vector<Heap>& heaps, std::size_t begin, std::size_t end) {
  Box box{begin, end, 0, 0};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    std::uint64_t least = 255, most = 0;
    for (std::size_t i = begin; i < end; ++i) {
      least = std::min(least, heaps[i].level(channel));
      most = std::max(most, heaps[i].level(channel));
    }
    if (most - least <= box.width) continue;
    box.width = most - least;
    box.channel = channel;
  }
  return box;
}

}  // namespace

FewColours::FewColours(const Pixels& pixels, std::size_t most) : index_(keys, 0) {
  std::vector<Heap> all(keys);
  for (const Point& point : pixels.points) {
    if (point[3] < 128) continue;
    Heap& heap = all[key_of(point)];
    ++heap.count;
    for (std::size_t i = 0; i < 3; ++i) heap.sum[i] += point[i];
  }
  std::vector<Heap> heaps;
  for (std::size_t key = 0; key < keys; ++key) {
    all[key].key = key;
    if (all[key].count > 0) heaps.push_back(all[key]);
  }
  if (heaps.empty()) return;

  std::vector<Box> boxes{box_of(heaps, 0, heaps.size())};
  while (boxes.size() < most) {
    const auto widest = std::max_element(
        boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.width < b.width; });
    if (widest->end - widest->begin < 2) break;
    const Box box = *widest;
    const auto begin = heaps.begin() + static_cast<std::ptrdiff_t>(box.begin);
    std::sort(
        begin, heaps.begin() + static_cast<std::ptrdiff_t>(box.end),
        [&](const Heap& a, const Heap& b) { return a.level(box.channel) < b.level(box.channel); });
    const std::size_t middle = box.begin + (box.end - box.begin) / 2;
    *widest = box_of(heaps, box.begin, middle);
    boxes.push_back(box_of(heaps, middle, box.end));
  }
  for (const Box& box : boxes) {
    std::uint64_t count = 0;
    std::array<std::uint64_t, 3> sum{};
    for (std::size_t i = box.begin; i < box.end; ++i) {
      count += heaps[i].count;
      for (std::size_t channel = 0; channel < 3; ++channel) sum[channel] += heaps[i].sum[channel];
      index_[heaps[i].key] = static_cast<std::uint16_t>(colours_.size());
    }
    Point mean{0, 0, 0, 255};
    for (std::size_t channel = 0; channel < 3; ++channel)
      mean[channel] = static_cast<std::uint8_t>(sum[channel] / count);
    colours_.push_back(mean);
  }
}

}  // namespace quern
