// A plot as what a viewer would find in its files: pixels, words, numbers.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/viz/png.h"
#include "tests/viz/xml.h"
#include "viz/plot.h"

namespace bp::test {

inline constexpr std::size_t plot_bytes = std::size_t{1} << 22;

inline bool has_gnuplot() {
  static const bool has = [] {
    const Place place;
    return plot(Line_plot{"", {}, {}, {{"", {1}, {1}}}}, place / "a.svg").is_picture();
  }();
  if (!has) skip("gnuplot is not installed");
  return has;
}

template <class Plot>
Image png_of(const Plot& what) {
  const Place place;
  const Plotted plotted = plot(what, place / "a.png");
  CHECK(plotted.note == "");
  CHECK(plotted.file == place / "a.png");
  return decode_png(read_file(place / "a.png", plot_bytes));
}

template <class Plot>
std::string svg_of(const Plot& what) {
  const Place place;
  CHECK(plot(what, place / "a.svg").note == "");
  return read_file(place / "a.svg", plot_bytes);
}

template <class Plot>
std::string words_of(const Plot& what) {
  return text_of(read_xml(svg_of(what)));
}

template <class Plot>
std::string csv_of(const Plot& what) {
  const Place place;
  CHECK(plot(what, place / "a.csv").file == place / "a.csv");
  return read_file(place / "a.csv", plot_bytes);
}

/// Why a plot is refused; "" when it is not.
template <class Plot>
std::string refusal(const Plot& what) {
  const Place place;
  try {
    plot(what, place / "a.csv");  // which needs no gnuplot
  } catch (const std::invalid_argument& error) {
    CHECK(place.names().empty());
    return error.what();
  }
  return "";
}

/// Where the pixels of about one colour are: how many, and the middle of them as shares of width and height.
struct Spot {
  std::size_t count = 0;
  double x = 0, y = 0;
};

/// About: each of red, green and blue within 3 of 255, for a palette has steps.
inline Spot spot_of(const Image& image, std::uint32_t colour) {
  Spot spot;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    bool near = true;
    for (const unsigned shift : {0u, 8u, 16u}) {
      const int a = static_cast<int>(image.pixels[i] >> shift & 255u),
                b = static_cast<int>(colour >> shift & 255u);
      near = near && std::abs(a - b) <= 3;
    }
    if (!near) continue;
    ++spot.count;
    spot.x += static_cast<double>(i % image.width) / static_cast<double>(image.width);
    spot.y += static_cast<double>(i / image.width) / static_cast<double>(image.height);
  }
  spot.x /= static_cast<double>(spot.count);
  spot.y /= static_cast<double>(spot.count);
  return spot;
}

}  // namespace bp::test
