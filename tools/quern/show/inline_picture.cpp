// SPDX-License-Identifier: Apache-2.0
#include "inline_picture.hpp"

#include "base64.hpp"
#include "blocks.hpp"
#include "picture_file.hpp"
#include "sixel.hpp"

#include <algorithm>

namespace quern {
namespace {

constexpr std::size_t kitty_piece = 4096;  // the most that kitty takes at once
// The prompt that asked for it and the one behind it are seen with the picture.
constexpr std::size_t rows_left = 3;

constexpr int block_width = 8;

std::size_t cells_of(std::size_t pixels, int cell) {
  const auto size = static_cast<std::size_t>(cell);
  return std::max<std::size_t>(1, (pixels + size - 1) / size);
}

std::string bytes_of(const Pixels& pixels) {
  std::string bytes;
  bytes.reserve(pixels.points.size() * 4);
  for (const Point& point : pixels.points)
    for (const std::uint8_t value : point) bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace

// q=2: no answer, which would come as if it were typed.
std::string kitty_picture(std::string_view data, bool png, Size pixels, Size cells) {
  const std::string text = base64_of(data);
  std::string format =
      png ? "f=100"
          : "f=32,s=" + std::to_string(pixels.width) + ",v=" + std::to_string(pixels.height);
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += kitty_piece) {
    const bool more = at + kitty_piece < text.size();
    bytes += "\x1b_G";
    if (at == 0)
      bytes += "a=T,q=2," + format + ",c=" + std::to_string(cells.width) +
               ",r=" + std::to_string(cells.height) + ",";
    bytes += std::string("m=") + (more ? "1" : "0") + ";" + text.substr(at, kitty_piece) + "\x1b\\";
  }
  return bytes + "\n";
}

std::string iterm_picture(std::string_view file, Size cells) {
  return "\x1b]1337;File=inline=1;size=" + std::to_string(file.size()) +
         ";width=" + std::to_string(cells.width) + ";height=" + std::to_string(cells.height) +
         ";preserveAspectRatio=1:" + base64_of(file) + "\x07\n";
}

std::optional<std::string> inline_picture(const Form& form, const Look& look, const Window& told) {
  if (look.pictures == Look::Pictures::saved) return std::nullopt;
  const std::optional<Pixels> pixels = read_picture(form.mime, form.bytes);
  if (!pixels) return std::nullopt;
  Window window = told;
  // Blocks are coarse, however fine the letters are: as large as they may be.
  if (look.pictures == Look::Pictures::blocks) {
    window.cell_width = block_width;
    window.cell_height = 2 * block_width;
  }
  const Size whole{pixels->width, pixels->height};
  const std::size_t rows = std::max<std::size_t>(1, window.rows - std::min(window.rows, rows_left));
  const Size room{window.columns * static_cast<std::size_t>(window.cell_width),
                  rows * static_cast<std::size_t>(window.cell_height)};
  const Size size = fitted(whole, room);
  const Size cells{cells_of(size.width, window.cell_width),
                   cells_of(size.height, window.cell_height)};
  switch (look.pictures) {
    case Look::Pictures::saved: break;
    case Look::Pictures::kitty:
      if (form.mime == "image/png") return kitty_picture(form.bytes, true, whole, cells);
      return kitty_picture(bytes_of(*pixels), false, whole, cells);
    case Look::Pictures::iterm: return iterm_picture(form.bytes, cells);
    case Look::Pictures::sixel: return sixel_of(scaled(*pixels, size.width, size.height)) + "\n";
    case Look::Pictures::blocks: {
      const Pixels small = scaled(*pixels, std::min(cells.width, window.columns), cells.height * 2);
      return blocks_of(small, look.colours == Look::Colours::direct);
    }
  }
  return std::nullopt;
}

}  // namespace quern
