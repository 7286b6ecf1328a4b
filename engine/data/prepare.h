// Bytes into numbers that a network learns well from: pixels scaled, labels one-hot. Batches of images are
// gathered and scaled in one pass by vector/examples.h.
//
// B = batch, C = classes. T is float or double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bp {

/// How a pixel becomes a number: (pixel - mean) / deviation.
///
/// Units:  mean and deviation in pixels' own, 0 to 255.
struct Scaling {
  double mean = 0;
  double deviation = 255;  ///< as they stand: pixel / 255, from 0 to 1

  bool operator==(const Scaling&) const = default;
};

/// The scaling after which these pixels have the mean 0 and the standard deviation 1 (z-scores).
///
/// Take it from the training images and use it for all: what is tested on must not help to prepare itself.
/// The deviation is that of the pixels at hand, dividing by their number. Pixels that are all alike have
/// none; then it is 1, so that they become 0.
///
/// Accuracy:  the sums are exact (whole numbers, for up to 2^45 pixels); the mean is within 2^-53 of the true
///            one (relative), the deviation within 2^-50.
/// Throws:    std::invalid_argument where there are no pixels.
Scaling standardisation(std::span<const std::uint8_t> pixels);

/// out[i] = (pixels[i] - mean) / deviation.
///
/// Shapes:    pixels and out both have n elements.
/// Accuracy:  mean and deviation are rounded to T, then the difference and the quotient: pixel / 255 is the
///            nearest T.
/// Throws:    std::invalid_argument where the sizes differ, or mean or deviation is not finite, or
///            deviation not above 0.
template <typename T>
void scale(std::span<const std::uint8_t> pixels, const Scaling& scaling, std::span<T> out);

/// Labels as rows with a 1 in the label's column and 0 elsewhere: y[b*C + labels[b]] = 1.
///
/// Shapes:  labels B, each below C; out B x C.
/// Throws:  std::invalid_argument where out is not B x C; std::out_of_range where a label is not below C.
template <typename T>
void one_hot(std::span<const std::uint8_t> labels, std::size_t classes, std::span<T> out);

}  // namespace bp
