#include "engine/vector/doctor_measures.h"

#include <cmath>

#include "tests/support/catch2.h"

using namespace bp::batch;

TEST_CASE("of recent numbers the oldest fall out, and the median is the middle of those there are",
          "[doctor]") {
  Recent recent(3);

  CHECK_FALSE(recent.add(9.0));
  CHECK(recent.median() == 9.0);
  CHECK_FALSE(recent.add(1.0));
  CHECK(recent.median() == 5.0);
  CHECK_FALSE(recent.add(2.0));
  CHECK(recent.full());
  CHECK(recent.add(3.0) == 9.0);
  CHECK(recent.median() == 2.0);
  CHECK(recent.mean() == 2.0);
}

TEST_CASE("a number is saturated where the derivative is below 1 % of the greatest", "[doctor]") {
  // sigmoid' = y (1 - y) = 0.0025 at y = (1 + sqrt(0.99)) / 2; tanh' = 1 - y^2 = 0.01 at sqrt(0.99).
  const double sigmoid_edge = 0.5 + 0.5 * std::sqrt(0.99), tanh_edge = std::sqrt(0.99);

  for (const double sign : {-1.0, 1.0}) {
    CHECK(is_saturated(0.5 + sign * (sigmoid_edge - 0.5 + 1e-6), Curve::sigmoid));
    CHECK_FALSE(is_saturated(0.5 + sign * (sigmoid_edge - 0.5 - 1e-6), Curve::sigmoid));
    CHECK(is_saturated(sign * (tanh_edge + 1e-6), Curve::tanh));
    CHECK_FALSE(is_saturated(sign * (tanh_edge - 1e-6), Curve::tanh));
    CHECK(is_saturated(sign * 0.91, Curve::softsign));
    CHECK_FALSE(is_saturated(sign * 0.89, Curve::softsign));
    CHECK(is_saturated(sign * 1.0, Curve::hard_tanh));
    CHECK_FALSE(is_saturated(sign * 0.99, Curve::hard_tanh));
  }
  const Matrix<double> y = {{0.001, 0.5, 0.999}, {0.4, 1.0, 0.6}};
  CHECK(saturated_share<double>(y, Curve::sigmoid) == 0.5);
  CHECK_FALSE(saturated_share<double>(y, Curve::relu));
}

TEST_CASE("the root of the mean square counts every number once, whatever their count", "[doctor]") {
  for (std::size_t count = 1; count <= 40; ++count) {
    std::vector<double> ramp(count), half(count);
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      ramp[i] = static_cast<double>(i + 1);
      half[i] = 0.5 * ramp[i];
      sum += ramp[i] * ramp[i];
    }
    const double expected = std::sqrt(sum / static_cast<double>(count));

    CHECK(std::abs(rms<double>(ramp) - expected) <= 1e-14 * expected);  // sums in another order
    CHECK(std::abs(rms_difference<double>(ramp, half) - 0.5 * expected) <= 1e-14 * expected);
  }
  CHECK(rms<double>({}) == 0.0);
}

TEST_CASE("the loss of ignoring the inputs is the least that a constant output has", "[doctor]") {
  // Of three classes 1/2, 1/4 and 1/4: entropy 1.5 ln 2; variances 1/4, 3/16, 3/16.
  const std::vector<std::uint32_t> labels = {0, 0, 1, 2};
  const Examples<double> examples{.labels = labels};
  const std::vector<std::uint32_t> pair = {0, 1, 1, 1};
  const Examples<double> binary{.labels = pair};

  const auto ignoring = [&](Loss_kind kind) { return loss_of_ignoring(kind, examples, 3).value(); };

  CHECK(std::abs(ignoring(Loss_kind::softmax_cross_entropy) - 1.5 * std::log(2.0)) < 1e-15);
  CHECK(std::abs(ignoring(Loss_kind::half_squared_error) - 0.3125) < 1e-15);
  CHECK(std::abs(ignoring(Loss_kind::mean_squared_error) - 0.625 / 3.0) < 1e-15);
  CHECK(std::abs(*loss_of_ignoring(Loss_kind::mean_squared_error, binary, 1) - 3.0 / 16.0) < 1e-15);
  CHECK(std::abs(*loss_of_ignoring(Loss_kind::binary_cross_entropy_with_logits, binary, 1) -
                 (0.25 * std::log(4.0) + 0.75 * std::log(4.0 / 3.0))) < 1e-15);
  CHECK_FALSE(loss_of_ignoring(Loss_kind::hinge_loss, examples, 3));
  CHECK(largest_class(labels) == 0.5);
  CHECK(largest_class({}) == 1.0);
}

TEST_CASE("numbers as targets have the loss of their mean, column by column", "[doctor]") {
  const Matrix<double> targets = {{1, 10}, {3, 10}, {5, 40}};  // variances 8/3 and 200
  const Matrix<double> x(3, 1);
  const Examples<double> examples{.numbers = x, .targets = targets};

  CHECK(std::abs(*loss_of_ignoring(Loss_kind::half_squared_error, examples, 2) - 0.5 * (8.0 / 3.0 + 200.0)) <
        1e-12);
}
