// SPDX-License-Identifier: Apache-2.0
#include "picture_file.hpp"

#include <csetjmp>
#include <cstdio>

// Needs size_t and FILE to be known.
#include <jpeglib.h>
#include <png.h>

namespace quern {
namespace {

constexpr std::size_t most_points = 32'000'000;  // 128 MB as points

bool is_fit(std::size_t width, std::size_t height) {
  return width > 0 && height > 0 && width <= most_points && height <= most_points / width;
}

// How the library tells an error: by a function that must not return.
struct JpegErrors {
  jpeg_error_mgr base;  // first, for the library gives its address
  std::jmp_buf broken;
};

[[noreturn]] void give_up(j_common_ptr jpeg) {
  std::longjmp(reinterpret_cast<JpegErrors*>(jpeg->err)->broken, 1);
}
void keep_quiet(j_common_ptr) {}

// Between setjmp and longjmp nothing lives here that would have to be destroyed: what grows is the
// caller's.
bool decode_jpeg(std::string_view bytes, Pixels& pixels, std::vector<std::uint8_t>& row) {
  jpeg_decompress_struct jpeg{};
  JpegErrors errors{};
  jpeg.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = give_up;
  errors.base.output_message = keep_quiet;
  if (setjmp(errors.broken) != 0) {
    jpeg_destroy_decompress(&jpeg);
    return false;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  const bool fit = is_fit(jpeg.image_width, jpeg.image_height);
  if (fit) {
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    pixels.width = jpeg.output_width;
    pixels.height = jpeg.output_height;
    pixels.points.reserve(pixels.width * pixels.height);
    row.resize(pixels.width * 3);
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW into = row.data();
      jpeg_read_scanlines(&jpeg, &into, 1);
      for (std::size_t x = 0; x < pixels.width; ++x)
        pixels.points.push_back({row[3 * x], row[3 * x + 1], row[3 * x + 2], 255});
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return fit;
}

}  // namespace

std::optional<Pixels> read_png(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) return std::nullopt;
  image.format = PNG_FORMAT_RGBA;
  Pixels pixels{image.width, image.height, {}};
  if (!is_fit(pixels.width, pixels.height)) {
    png_image_free(&image);
    return std::nullopt;
  }
  pixels.points.resize(pixels.width * pixels.height);
  if (!png_image_finish_read(&image, nullptr, pixels.points.data(), 0, nullptr))
    return std::nullopt;
  return pixels;
}

std::optional<Pixels> read_jpeg(std::string_view bytes) {
  Pixels pixels;
  std::vector<std::uint8_t> row;
  if (!decode_jpeg(bytes, pixels, row)) return std::nullopt;
  return pixels;
}

std::optional<Pixels> read_picture(std::string_view mime, std::string_view bytes) {
  return mime == "image/png" ? read_png(bytes) : read_jpeg(bytes);
}

}  // namespace quern
