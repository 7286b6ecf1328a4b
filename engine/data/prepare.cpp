// Plain loops over bytes: see prepare.h.
#include "engine/data/prepare.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace bp {

// The variance as mean square minus squared mean would cancel where pixels hardly differ. So distances are
// taken from m, the mean rounded to a whole number: with d = mean - m, at most 1/2, the variance is
//
//     sum (x - m)^2 / N - d^2
//
// where both sums are whole and exact. Whole numbers with a mean that is off by d have a variance of at least
// |d|(1 - |d|) >= d^2: the difference is at least half of its first term, and nothing is lost.
Scaling standardisation(std::span<const std::uint8_t> pixels) {
  if (pixels.empty()) throw std::invalid_argument("standardisation: needs at least one pixel");
  std::int64_t sum = 0;
  for (const std::uint8_t pixel : pixels) sum += pixel;
  const auto n = static_cast<std::int64_t>(pixels.size());
  const std::int64_t middle = (2 * sum + n) / (2 * n);
  std::int64_t squares = 0;
  for (const std::uint8_t pixel : pixels) squares += (pixel - middle) * (pixel - middle);
  const auto mean_of = [n](std::int64_t total) {
    return static_cast<double>(total) / static_cast<double>(n);
  };
  const double off = mean_of(sum - middle * n);
  const double variance = mean_of(squares) - off * off;
  return {mean_of(sum), squares > 0 ? std::sqrt(variance) : 1};
}

template <typename T>
void scale(std::span<const std::uint8_t> pixels, const Scaling& scaling, std::span<T> out) {
  if (pixels.size() != out.size()) {
    throw std::invalid_argument("scale: " + std::to_string(pixels.size()) +
                                " pixels do not fit an output of " + std::to_string(out.size()));
  }
  if (!std::isfinite(scaling.mean) || !std::isfinite(scaling.deviation) || !(scaling.deviation > 0)) {
    throw std::invalid_argument("scale: needs a finite mean and a finite deviation above 0, not " +
                                std::to_string(scaling.mean) + " and " + std::to_string(scaling.deviation));
  }
  const auto mean = static_cast<T>(scaling.mean), deviation = static_cast<T>(scaling.deviation);
  for (std::size_t i = 0; i < pixels.size(); ++i) out[i] = (static_cast<T>(pixels[i]) - mean) / deviation;
}

template <typename T>
void one_hot(std::span<const std::uint8_t> labels, std::size_t classes, std::span<T> out) {
  if (classes == 0 || out.size() / classes != labels.size() || out.size() % classes != 0) {
    throw std::invalid_argument("one_hot: " + std::to_string(labels.size()) + " rows of " +
                                std::to_string(classes) + " do not fit an output of " +
                                std::to_string(out.size()));
  }
  std::fill(out.begin(), out.end(), T{0});
  for (std::size_t b = 0; b < labels.size(); ++b) {
    if (labels[b] >= classes) {
      throw std::out_of_range("one_hot: label " + std::to_string(labels[b]) + " is not below " +
                              std::to_string(classes) + ", the number of classes");
    }
    out[b * classes + labels[b]] = T{1};
  }
}

template void scale(std::span<const std::uint8_t>, const Scaling&, std::span<float>);
template void scale(std::span<const std::uint8_t>, const Scaling&, std::span<double>);
template void one_hot(std::span<const std::uint8_t>, std::size_t, std::span<float>);
template void one_hot(std::span<const std::uint8_t>, std::size_t, std::span<double>);

}  // namespace bp
