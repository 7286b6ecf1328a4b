// A part of a picture made smaller or larger, anti-aliased. What fit_picture is built on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/png.h"

namespace bp {

/// A rectangle of pixels; as text, width x height and where its upper left corner is.
struct Window {
  std::size_t left = 0, top = 0, width = 0, height = 0;

  std::string size() const { return std::to_string(width) + " x " + std::to_string(height); }
  std::string text() const {
    return size() + " at (" + std::to_string(left) + ", " + std::to_string(top) + ")";
  }
};

/// What each grey becomes before it is averaged.
using Tone_curve = std::array<std::uint8_t, 256>;

/// Pixels between bytes' 0 and 255 that are not rounded yet.
///
/// Shapes:  ink is rows x cols, row by row.
struct Scaled_picture {
  std::size_t rows = 0, cols = 0;
  std::vector<float> ink;
};

/// The largest window that has `window`'s aspect, to the nearest pixel, and fits into width x height.
Window largest_within(const Window& window, std::size_t width, std::size_t height);

/// The part `from` of the picture in the size of `to`. A pixel of a smaller picture is the average of what it
/// covers of the larger; a larger picture lies on straight lines between the middles of the smaller's pixels.
///
/// Shapes:  `from` lies within the picture; neither window is empty.
Scaled_picture scaled(const Picture& picture, const Tone_curve& curve, const Window& from, const Window& to);

/// Edges made stronger: more of each pixel, less of the eight around it, by a Gaussian of deviation 1. Beyond
/// its edge the picture goes on as it is there. What is flat stays; pixels may leave 0 to 255.
///
/// Source:  ImageMagick's -sharpen 1x1, which made Fashion-MNIST.
void sharpen(Scaled_picture& picture);

}  // namespace bp
