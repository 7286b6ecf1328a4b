#include "engine/vector/label_signal.h"

#include <cmath>

#include "engine/data/toy.h"
#include "tests/support/catch2.h"
#include "tests/vector/training_set.h"

using namespace bp::batch;
using bp::Random, bp::test::Training_set;

TEST_CASE("labels that belong to the inputs are many deviations apart, shuffled ones hardly any",
          "[labels]") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    Training_set set(600, seed);
    const double rightly = label_signal(set.as_bytes(), 8, 500);

    Random random(seed + 100);
    random.shuffle(std::span(set.labels));
    const double blindly = label_signal(set.as_bytes(), 8, 500);

    INFO("seed " << seed << ": " << rightly << ", shuffled " << blindly);
    CHECK(rightly > 50.0);
    CHECK(std::abs(blindly) < 4.0);
  }
}

TEST_CASE("the label signal is the same of bytes and of numbers, to rounding", "[labels]") {
  const Training_set set(300);

  const double bytes = label_signal(set.as_bytes(), 8, 300), numbers = label_signal(set.as_numbers(), 8, 300);

  CHECK(std::abs(bytes / numbers - 1.0) < 1e-5);  // the numbers are floats: 2^-24 each
}

TEST_CASE("the classes of exclusive or have no signal: it looks at means alone", "[labels]") {
  Matrix<float> x(400, 2);
  std::vector<std::uint32_t> labels;
  const bp::Labelled_points points = bp::exclusive_or();
  for (std::size_t n = 0; n < 400; ++n) {
    for (std::size_t i = 0; i < 2; ++i) x(n, i) = static_cast<float>(points.inputs[n % 4][i]);
    labels.push_back(static_cast<std::uint32_t>(points.labels[n % 4]));
  }

  CHECK(label_signal(Examples<float>{.numbers = x, .labels = labels}, 2, 400) < 4.0);
}

TEST_CASE("without labels, or with one class alone, there is no signal", "[labels]") {
  Training_set set(20);
  const Matrix<float> targets(20, 3);

  CHECK(label_signal(Examples<float>{.numbers = set.numbers, .targets = targets}, 8, 20) == 0.0);
  std::fill(set.labels.begin(), set.labels.end(), 2u);
  CHECK(label_signal(set.as_bytes(), 8, 20) == 0.0);
}
