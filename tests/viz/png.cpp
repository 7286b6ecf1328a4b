#include "tests/viz/png.h"

#include <png.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace bp::test {

std::size_t Image::distinct_colours() const {
  return std::set<std::uint32_t>(pixels.begin(), pixels.end()).size();
}

std::size_t Image::count(std::uint32_t colour) const {
  return static_cast<std::size_t>(std::count(pixels.begin(), pixels.end(), colour));
}

std::size_t Image::dark() const {
  return static_cast<std::size_t>(std::count_if(pixels.begin(), pixels.end(), [](std::uint32_t p) {
    return (p >> 16) < 0x50 && (p >> 8 & 0xFF) < 0x50 && (p & 0xFF) < 0x50;
  }));
}

Image decode_png(const std::string& bytes) {
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
    throw std::runtime_error(std::string("not a PNG: ") + png.message);
  }
  png.format = PNG_FORMAT_RGB;
  const png_color white = {255, 255, 255};
  std::vector<png_byte> rgb(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, &white, rgb.data(), 0, nullptr) == 0) {
    throw std::runtime_error(std::string("a broken PNG: ") + png.message);
  }
  Image image;
  image.width = png.width;
  image.height = png.height;
  for (std::size_t i = 0; i + 2 < rgb.size(); i += 3) {
    image.pixels.push_back(std::uint32_t{rgb[i]} << 16 | std::uint32_t{rgb[i + 1]} << 8 | rgb[i + 2]);
  }
  return image;
}

}  // namespace bp::test
