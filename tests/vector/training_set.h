// For tests of training: a small set that can be learned, as bytes and as numbers.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/data/random.h"
#include "engine/vector/examples.h"

namespace bp::test {

/// Eight pixels each, of three classes: one of three thirds of the picture is bright.
struct Training_set {
  explicit Training_set(std::size_t count, std::uint64_t seed = 1) : numbers(count, 8) {
    Random random(seed);
    for (std::size_t n = 0; n < count; ++n) {
      labels.push_back(static_cast<std::uint32_t>(random.below(3)));
      for (std::size_t pixel = 0; pixel < 8; ++pixel) {
        const bool bright = pixel * 3 / 8 == labels.back();
        bytes.push_back(static_cast<std::uint8_t>((bright ? 120 : 40) + random.below(100)));
        numbers(n, pixel) = static_cast<float>(bytes.back() * (1.0 / 255.0));
      }
    }
  }

  batch::Examples<float> as_bytes() const { return {.bytes = bytes, .labels = labels}; }
  batch::Examples<float> as_numbers() const { return {.numbers = numbers, .labels = labels}; }

  std::vector<std::uint8_t> bytes;
  batch::Matrix<float> numbers;
  std::vector<std::uint32_t> labels;
};

}  // namespace bp::test
