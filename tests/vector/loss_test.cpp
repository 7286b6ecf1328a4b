#include "engine/vector/loss.h"

#include <cmath>

#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix, bp::test::contains_text;

namespace {

constexpr Loss_kind kinds[] = {Loss_kind::softmax_cross_entropy,
                               Loss_kind::half_squared_error,
                               Loss_kind::mean_squared_error,
                               Loss_kind::mean_absolute_error,
                               Loss_kind::huber_loss,
                               Loss_kind::binary_cross_entropy_with_logits,
                               Loss_kind::hinge_loss};

std::string refusal(Loss_kind kind, View<const double> y, const Targets<double>& targets,
                    View<double> dy = {}) {
  try {
    Loss<double> loss(kind);
    loss(y, targets, dy);
  } catch (const std::invalid_argument& error) { return error.what(); }
  return "accepted";
}

}  // namespace

TEST_CASE("losses average over examples, and over outputs as their name says", "[loss]") {
  const Matrix<double> y{{1, 2}, {3, 8}}, t{{0, 0}, {0, 4}};  // squares 1 4 9 16, distances 1 2 3 4
  const auto value = [&](Loss_kind kind) { return Loss<double>(kind)(y, t.view(), {}); };

  CHECK(value(Loss_kind::half_squared_error) == 30.0 / 2 / 2);
  CHECK(value(Loss_kind::mean_squared_error) == 30.0 / 4);
  CHECK(value(Loss_kind::mean_absolute_error) == 10.0 / 4);
  CHECK(value(Loss_kind::huber_loss) == (0.5 + 1.5 + 2.5 + 3.5) / 4);
}

TEST_CASE("a loss's gradient is its slope", "[loss]") {
  Random random(3);
  for (const Loss_kind kind : kinds) {
    INFO(name_of(kind));
    Matrix<double> y = random_matrix<double>(random, 4, 3, 2.0), dy(4, 3);
    Matrix<double> t(4, 3);
    for (std::size_t n = 0; n < 4; ++n) {
      t(n, n % 3) = 1.0;
      for (double& target : t.row(n)) {
        if (kind == Loss_kind::hinge_loss) target = target == 1.0 ? 1.0 : -1.0;
      }
    }
    Loss<double> loss(kind, 0.7);

    loss(y, t.view(), dy);

    const auto value = [&] { return loss(y, t.view(), {}); };
    CHECK(bp::test::gradient_error(y.span(), dy.span(), value) <= bp::test::difference_tolerance);
  }
}

TEST_CASE("at a kink a loss's gradient is 0", "[loss]") {
  const Matrix<double> y{{1, -1, 3}}, signs{{1, -1, 1}};
  Matrix<double> absolute(1, 3), hinge(1, 3);
  Loss<double> absolute_loss(Loss_kind::mean_absolute_error), hinge_loss(Loss_kind::hinge_loss);

  absolute_loss(y, y.view(), absolute);
  hinge_loss(y, signs.view(), hinge);  // 1 - t y is 0, 0, -2

  CHECK((absolute(0, 0) == 0.0 && absolute(0, 1) == 0.0 && absolute(0, 2) == 0.0));
  CHECK((hinge(0, 0) == 0.0 && hinge(0, 1) == 0.0 && hinge(0, 2) == 0.0));
}

TEST_CASE("a label is its one-hot row, and for hinge_loss one against the rest", "[loss]") {
  Random random(4);
  const Matrix<double> y = random_matrix<double>(random, 3, 4, 2.0);
  const std::vector<std::uint32_t> labels = {2, 0, 3};
  for (const Loss_kind kind : kinds) {
    INFO(name_of(kind));
    Matrix<double> t(3, 4), from_labels(3, 4), from_rows(3, 4);
    t.fill(kind == Loss_kind::hinge_loss ? -1.0 : 0.0);
    for (std::size_t n = 0; n < 3; ++n) t(n, labels[n]) = 1.0;
    Loss<double> loss(kind);

    const double a = loss(y, std::span(labels), from_labels), b = loss(y, t.view(), from_rows);

    CHECK(std::abs(a - b) <= 0x1p-50);
    for (std::size_t i = 0; i < 12; ++i) {
      CHECK(std::abs(from_labels.span()[i] - from_rows.span()[i]) <= 0x1p-52);
    }
  }
}

TEST_CASE("with one output the labels are 0 and 1, for hinge_loss -1 and 1", "[loss]") {
  const Matrix<double> y{{0.5}, {0.25}};
  const std::vector<std::uint32_t> labels = {0, 1};

  CHECK(Loss<double>(Loss_kind::half_squared_error)(y, std::span(labels), {}) == (0.125 + 0.28125) / 2);
  CHECK(Loss<double>(Loss_kind::hinge_loss)(y, std::span(labels), {}) == (1.5 + 0.75) / 2);
}

TEST_CASE("binary cross-entropy keeps its digits for logits of any size", "[loss]") {
  const Matrix<double> y{{1000, -1000, 40, -40}}, t{{0, 1, 1, 0}};
  Matrix<double> dy(1, 4);

  const double value = Loss<double>(Loss_kind::binary_cross_entropy_with_logits)(y, t.view(), dy);

  CHECK(value == (1000.0 + 1000.0 + 2 * std::exp(-40.0)) / 4);
  CHECK((dy(0, 0) == 0.25 && dy(0, 1) == -0.25));
  CHECK(std::abs(dy(0, 2) + std::exp(-40.0) / 4) <= 1e-15 * std::exp(-40.0));  // 1 - sigmoid(40) would be 0
  CHECK(std::abs(dy(0, 3) - std::exp(-40.0) / 4) <= 1e-15 * std::exp(-40.0));
}

TEST_CASE("a NaN among the outputs makes every loss NaN", "[loss]") {
  const Matrix<double> y{{1, std::nan("")}}, t{{1, 0}}, signs{{1, -1}};
  for (const Loss_kind kind : kinds) {
    INFO(name_of(kind));
    CHECK(std::isnan(Loss<double>(kind)(y, (kind == Loss_kind::hinge_loss ? signs : t).view(), {})));
  }
}

TEST_CASE("targets that a loss is not defined for are refused, and said", "[loss]") {
  const Matrix<double> y(2, 3);
  const std::vector<std::uint32_t> three = {0, 1, 2}, above = {0, 3};
  const Matrix<double> half{{0.5, 0.5, 0}, {0.5, 0.25, 0}}, below{{1, 0, 0}, {-0.5, 1, 0.5}}, other(2, 2);
  Matrix<double> room(3, 3);
  const auto cross_entropy = Loss_kind::softmax_cross_entropy;

  CHECK_THAT(refusal(cross_entropy, y, std::span(three)), contains_text("2 examples was given 3 labels"));
  CHECK_THAT(refusal(cross_entropy, y, std::span(above)), contains_text("label 3 of example 1"));
  CHECK_THAT(refusal(cross_entropy, y, half.view()), contains_text("example 1 sum to 0.75"));
  CHECK_THAT(refusal(cross_entropy, y, below.view()), contains_text("target 0 of example 1 is -0.5"));
  CHECK_THAT(refusal(Loss_kind::binary_cross_entropy_with_logits, y, below.view()),
             contains_text("from 0 to 1"));
  CHECK_THAT(refusal(Loss_kind::hinge_loss, y, half.view()), contains_text("-1 or 1"));
  CHECK_THAT(refusal(Loss_kind::mean_squared_error, y, other.view()), contains_text("2 x 2 targets"));
  CHECK_THAT(refusal(Loss_kind::mean_squared_error, y, half.view(), room), contains_text("3 x 3"));
  CHECK_THAT(refusal(Loss_kind::mean_squared_error, Matrix<double>(), half.view()),
             contains_text("no outputs"));
  CHECK_THROWS_AS(Loss<double>(Loss_kind::huber_loss, 0.0), std::invalid_argument);
}
