// A PNG as pixels, decoded by libpng: what anybody's viewer would see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bp::test {

struct Image {
  std::size_t width = 0, height = 0;
  std::vector<std::uint32_t> pixels;  ///< 0xRRGGBB on white, row by row

  std::size_t distinct_colours() const;
  std::size_t count(std::uint32_t colour) const;
  /// Pixels that are nearly black: ink.
  std::size_t dark() const;
};

/// Throws:    std::runtime_error with what libpng says is wrong.
Image decode_png(const std::string& bytes);

}  // namespace bp::test
